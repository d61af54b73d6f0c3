//! Blocks behind a provider, healthchecks of every environment, and times as texts.

use std::time::Duration;

use ductape::testing::{AssertTrail as _, TestRuntime};
use ductape::{ErrorKind, Outcome, Runtime, Skip, Status, Verdict, fallback, healthcheck};
use tokio::time::Instant;

use crate::{Down, panicking};

#[healthcheck(tag = "kit-live", interval = "10s", rise = 2, env = "prd")]
async fn live(_client: &String) -> Result<(), Down> {
    Ok(())
}

#[fallback(
    tag = "kit-once",
    at_most_once,
    classify(ambiguous),
    timeout = "1s",
    backoff(base = "10ms", jitter = "none")
)]
async fn once() -> ductape::Result<Outcome<&'static str>, Down> {
    #[primary("bank", retries = 1, healthcheck(live))]
    {
        Ok("paid")
    }
    #[reconcile(after = "500ms")]
    {
        Ok(Some("found"))
    }
    #[fallback("post")]
    {
        Ok("sent")
    }
}

fn ambiguous(_: &Down) -> Verdict {
    Verdict::Ambiguous
}

#[tokio::test(start_paused = true)]
async fn a_reconcile_block_is_scripted_by_its_name() {
    let test = TestRuntime::new();
    test.faults().provider("bank").fail(Down("lost"));
    let found = test.scope(once()).await.unwrap();
    assert_eq!((found.value, &*found.provider), ("found", "bank"));
    test.assert_calls("kit-once", "bank.reconcile", 1);

    // It cannot be asked: nobody knows, and nobody else pays.
    test.faults().provider("bank.reconcile").hang();
    let began = Instant::now();
    let error = test.scope(once()).await.unwrap_err();
    error.assert_kind(ErrorKind::Ambiguous).assert_failed("bank", 1);
    assert_eq!(began.elapsed(), Duration::from_millis(500 + 1_000 + 10 + 1_000));
    test.assert_calls("kit-once", "bank.reconcile", 3);
    test.assert_calls("kit-once", "post", 0);

    test.faults().plan("kit-once").provider("bank.reconcile").fail(Down("busy")).pass();
    assert_eq!(test.scope(once()).await.unwrap().value, "found");
}

#[tokio::test(start_paused = true)]
async fn what_a_healthcheck_is_said_to_find_holds_without_monitor_binding_and_environment() {
    let test = TestRuntime::new();
    let check = test.faults().healthcheck("kit-live");
    for _ in 0..2 {
        check.unhealthy();
        tokio::time::advance(Duration::from_secs(3_600)).await;
        assert_eq!(test.scope(once()).await.unwrap().provider, "post");
        test.seen().assert_skipped("bank", Skip::Unhealthy);
        assert_eq!(test.scope(async { live.check().await.status }).await, Status::Unhealthy);
        tokio::time::advance(Duration::from_secs(3_600)).await;
        assert_eq!(test.scope(async { live.status() }).await, Status::Unhealthy);
        check.healthy();
        assert_eq!(test.scope(once()).await.unwrap().provider, "bank");
    }
    // Its own code again, which here has something to probe.
    let bound = Runtime::builder().env("prd").bind(&live, String::new());
    let test = TestRuntime::build(bound).unwrap();
    let check = test.faults().healthcheck("kit-live");
    check.unhealthy();
    check.pass();
    let monitor = test.monitor();
    monitor.first_round().await;
    assert_eq!(test.scope(async { live.status() }).await, Status::Unhealthy, "it takes two good checks to rise");
    tokio::time::sleep(Duration::from_secs(12)).await;
    assert_eq!(test.scope(async { live.status() }).await, Status::Healthy);
}

#[tokio::test(start_paused = true)]
async fn times_are_texts_or_durations() {
    let test = TestRuntime::new();
    test.faults().provider("bank").latency("300ms").for_calls(1).pass().after(Duration::from_millis(700));
    for millis in [300, 700, 700] {
        assert_eq!(test.scope(once()).await.unwrap().elapsed, Duration::from_millis(millis));
    }
    let faults = test.faults();
    let panic = panicking(async move { drop(faults.provider("bank").latency("5 parsecs").clone()) }).await;
    assert_eq!(panic, "`5 parsecs` is no duration; write a number and its unit, such as \"200ms\" or \"1.5s\"");
}
