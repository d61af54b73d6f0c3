//! Mistakes in choosing a provider.

use ductape::{Runtime, Status, Verdict, action, fallback, healthcheck, quota};
use tokio::time::sleep;

use crate::health::{Probe, Try};
use crate::quota::{Desk, Served, assert_smooth, count, seeded, served};
use crate::support::{Answer, Script, fail, ms, ok, run};

#[healthcheck(tag = "mistakes-health", interval = "10s", retries = 0, timeout = "1s")]
async fn health(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

#[quota(tag = "mistakes-quota")]
async fn spread(desk: &Desk) -> Served {
    #[provider("a", weight = 70, when(desk.has("a")), breaker(failures = 1, cooldown = "10s"))]
    {
        desk.serve("a")
    }

    #[provider("b", weight = 30)]
    {
        desk.serve("b")
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_picks_the_provider_that_has_just_refused() {
    let desk = Desk::failing(&["a", "b"]);
    for seed in 0..100 {
        seeded(seed).scope(spread(&desk)).await.expect_err("both are down");
        let mut calls = desk.calls();
        calls.sort_unstable();
        assert_eq!(calls, ["a", "b"]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_excluded_provider_gets_no_traffic_and_so_never_recovers() {
    let (runtime, mut desk) = (seeded(7), Desk::failing(&["a"]));
    runtime.scope(served(10, async || spread(&desk).await)).await;
    assert_eq!(count(&desk.calls(), "a"), 1, "one failure excludes it");
    desk.down = vec![];
    assert_eq!(runtime.scope(served(10, async || spread(&desk).await)).await, ["b"; 10]);
    // Nobody has to do anything for it.
    sleep(ms(10_000)).await;
    let picks = runtime.scope(served(100, async || spread(&desk).await)).await;
    assert_eq!(count(&picks, "a"), 70);
}

#[tokio::test(start_paused = true)]
async fn a_dead_health_monitor_leaves_healthy_standing() {
    let runtime = Runtime::builder().bind(&health, Probe::always(Try::Good)).build();
    let runtime = runtime.expect("building checks nothing that could be wrong");
    let monitor = runtime.monitor();
    sleep(ms(100)).await;
    assert_eq!(runtime.scope(async { health.status() }).await, Status::Healthy);
    drop(monitor);
    sleep(ms(60_000)).await;
    assert_eq!(runtime.scope(async { health.status() }).await, Status::Unknown);
}

#[tokio::test(start_paused = true)]
async fn a_single_provider_takes_itself_out() {
    #[action(app = "a", healthcheck(health))]
    async fn single(a: &Script) -> Answer {
        a.call().await
    }

    let runtime = Runtime::builder().bind(&health, Probe::always(Try::Bad("no"))).build();
    let runtime = runtime.expect("building checks nothing that could be wrong");
    runtime.scope(health.check()).await;
    let a = Script::of([ok()]);
    runtime.scope(single(&a)).await.expect("there is nobody else to ask");
    assert_eq!(a.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_fallback_hides_a_failing_primary_from_everyone() {
    #[fallback(retries = 1, backoff(base = "1ms", factor = 1, jitter = "none"))]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let (a, b) = (Script::of([fail(Verdict::Retry)]), Script::of([ok()]));
    let outcome = run(plan(&a, &b)).await.expect("b works");
    assert_eq!((outcome.provider.as_str(), outcome.attempts), ("b", 3), "the outcome tells that a did not");
}

#[tokio::test(start_paused = true)]
async fn weights_hold_only_on_average() {
    let desk = Desk::default();
    let picks = seeded(7).scope(served(300, async || spread(&desk).await)).await;
    assert_smooth(&picks, &[("a", 70), ("b", 30)]);
}

#[tokio::test(start_paused = true)]
async fn weights_do_not_hold_after_a_failover() {
    let (runtime, mut desk) = (seeded(7), Desk::default());
    let mut first_picks = Vec::new();
    for run in 0..400 {
        desk.down = if run % 3 == 0 { vec!["b"] } else { vec![] };
        runtime.scope(spread(&desk)).await.expect("a is up");
        first_picks.push(desk.calls()[0]);
    }
    assert_smooth(&first_picks, &[("a", 70), ("b", 30)]);
}
