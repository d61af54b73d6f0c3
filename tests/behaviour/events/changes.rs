use ductape::{Forced, Runtime, Verdict, action, healthcheck};
use tokio::time::advance;

use super::{line, lines};
use crate::support::{Answer, Script, Scripted, fail, ms, ok, seeded};

#[tokio::test(start_paused = true)]
async fn r92_changes_of_health_are_told() {
    #[healthcheck(tag = "events-health", interval = "10s")]
    async fn probe(a: &Script) -> Result<(), Scripted> {
        a.call().await.map(|_| ())
    }

    let script = Script::of([ok(), ok(), fail(Verdict::Retry), fail(Verdict::Retry), ok()]);
    let runtime = Runtime::builder().bind(&probe, script).build().expect("it is bound");
    for _ in 0..5 {
        runtime.scope(probe.check()).await;
    }
    let expected = [
        "health_changed from=unknown healthcheck=events-health to=healthy",
        "health_changed from=healthy healthcheck=events-health to=unhealthy",
        "health_changed from=unhealthy healthcheck=events-health to=healthy",
    ];
    assert_eq!(lines(runtime.recent_events()), expected);
    // What is too old says nothing any more; what is found out then is news again.
    advance(ms(60_000)).await;
    runtime.scope(probe.check()).await;
    let last = runtime.recent_events().pop().expect("it is kept");
    assert_eq!(line(&last), "health_changed from=unknown healthcheck=events-health to=healthy");
}

#[tokio::test(start_paused = true)]
async fn r92_what_an_operator_does_is_told() {
    #[action(tag = "events-steered", app = "a", breaker(failures = 1, cooldown = "10s"))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    let handle = runtime.plan("events-steered").expect("it is linked");
    runtime.scope(plan(&a)).await.expect_err("a fails");
    assert!(handle.force_breaker("a", Some(Forced::Closed)));
    runtime.scope(plan(&a)).await.expect_err("a fails");
    assert!(handle.force_breaker("a", None));
    assert!(!handle.force_breaker("b", None), "of what is not there nothing is told");
    handle.reset_breaker("a").expect("it has one");
    handle.reset_breaker("a").expect("it has one, and it is closed already");
    handle.reset_stats();
    let expected = [
        "events-steered a attempt_failed attempt=1 end=failed took=0.0",
        "events-steered a breaker_changed from={state:closed} to={retry_in:10000.0,state:open}",
        "events-steered run_finished attempts=1 elapsed=0.0 end=exhausted",
        "events-steered a breaker_forced forced=closed",
        "events-steered a shadowed policy=breaker",
        "events-steered a attempt_failed attempt=1 end=failed took=0.0",
        "events-steered run_finished attempts=1 elapsed=0.0 end=exhausted",
        "events-steered a breaker_forced forced=null",
        "events-steered a breaker_changed from={retry_in:10000.0,state:open} to={state:closed}",
        "events-steered statistics_reset",
    ];
    assert_eq!(lines(runtime.recent_events()), expected);
}
