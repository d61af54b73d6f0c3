//! R50: how health decides who takes part in a run.

use ductape::{ErrorKind, Event, Outcome, Runtime, Skip, fallback, healthcheck, quota};
use tokio::time::advance;

use super::{Probe, Try, seconds};

type Served = ductape::Result<Outcome<()>, &'static str>;

#[healthcheck(tag = "gates-first", interval = "10s", retries = 0, timeout = "1s")]
async fn first_health(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

#[healthcheck(tag = "gates-second", interval = "10s", retries = 0, timeout = "1s")]
async fn second_health(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

#[fallback(tag = "gates-fallback", healthcheck(second_health))]
async fn plan(first_fails: bool) -> Served {
    #[primary("first", healthcheck(first_health))]
    {
        if first_fails { Err("down") } else { Ok(()) }
    }

    // The plan's healthcheck is the default of every provider.
    #[fallback("second")]
    {
        Ok(())
    }
}

#[quota(tag = "gates-quota", pick = "random")]
async fn spread() -> Served {
    #[provider("first", weight = 50, healthcheck(first_health))]
    {
        Ok(())
    }

    #[provider("second", weight = 30, healthcheck(second_health))]
    {
        Ok(())
    }

    #[provider("unchecked", weight = 20)]
    {
        Ok(())
    }
}

/// A runtime in which each healthcheck has been asked once.
async fn judged(first: Try, second: Try) -> Runtime {
    let builder = Runtime::builder().seed(7);
    let builder = builder.bind(&first_health, Probe::always(first)).bind(&second_health, Probe::always(second));
    let runtime = builder.build().expect("building checks nothing that could be wrong");
    runtime.scope(async { tokio::join!(first_health.check(), second_health.check()) }).await;
    runtime
}

async fn serving(runtime: &Runtime) -> String {
    runtime.scope(plan(false)).await.expect("somebody is there").provider.to_string()
}

#[tokio::test(start_paused = true)]
async fn r50_unknown_is_treated_as_available() {
    let never_asked = Runtime::builder().build().expect("building checks nothing that could be wrong");
    assert_eq!(serving(&never_asked).await, "first");
}

#[tokio::test(start_paused = true)]
async fn r50_healthy_providers_take_part() {
    assert_eq!(serving(&judged(Try::Good, Try::Good).await).await, "first");
}

#[tokio::test(start_paused = true)]
async fn r50_unhealthy_providers_are_skipped_and_never_called() {
    let runtime = judged(Try::Bad("no"), Try::Good).await;
    let outcome = runtime.scope(plan(true)).await.expect("the second is healthy");
    assert_eq!((outcome.provider.as_str(), outcome.attempts), ("second", 1));
}

#[tokio::test(start_paused = true)]
async fn r50_a_skip_says_that_it_is_for_health() {
    let runtime = judged(Try::Good, Try::Bad("no")).await;
    let error = runtime.scope(plan(true)).await.expect_err("the first fails, and the second is unhealthy");
    assert_eq!(error.kind(), ErrorKind::Exhausted);
    let [failed, skipped] = error.trail().entries() else { panic!("two entries: {error}") };
    assert!(matches!(failed.event, Event::Failed { attempt: 1, error: "down", .. }));
    assert!(matches!(skipped.event, Event::Skipped(Skip::Unhealthy)));
    assert_eq!((failed.provider.as_str(), skipped.provider.as_str()), ("first", "second"));
}

#[tokio::test(start_paused = true)]
async fn r50_a_provider_that_recovers_takes_part_again() {
    let builder = Runtime::builder().bind(&first_health, Probe::script([Try::Bad("no")], Try::Good));
    let runtime = builder.build().expect("building checks nothing that could be wrong");
    runtime.scope(first_health.check()).await;
    assert_eq!(serving(&runtime).await, "second");
    runtime.scope(first_health.check()).await;
    assert_eq!(serving(&runtime).await, "first");
}

#[tokio::test(start_paused = true)]
async fn r53_a_stale_status_keeps_nobody_out() {
    let runtime = judged(Try::Bad("no"), Try::Good).await;
    advance(seconds(20)).await;
    assert_eq!(serving(&runtime).await, "second");
    advance(seconds(2)).await;
    assert_eq!(serving(&runtime).await, "first");
}

#[tokio::test(start_paused = true)]
async fn r40_a_quota_shares_among_the_healthy() {
    let runtime = judged(Try::Bad("no"), Try::Good).await;
    let mut calls = [0; 3];
    for _ in 0..5_000 {
        let outcome = runtime.scope(spread()).await.expect("two are left");
        let names = ["first", "second", "unchecked"];
        let index = names.iter().position(|name| outcome.provider == *name).expect("one of the three");
        calls[index] += 1;
    }
    // 30 to 20; five standard deviations of 5000 draws are 173.
    assert_eq!(calls[0], 0);
    assert!(3_000_u32.abs_diff(calls[1]) <= 173, "{calls:?}");
}
