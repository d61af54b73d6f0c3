//! What runs share stays as it is, whatever becomes of the definition.

use std::pin::pin;

use ductape::{Patch, Skip, Verdict, fallback, healthcheck};
use serde_json::json;
use tokio::time::advance;

use super::{handle, patch};
use crate::support::{Answer, Script, Scripted, begin, fail, hang, ms, ok, seeded, trail};

#[healthcheck(tag = "update-health", interval = "1h")]
async fn health() -> Result<(), Scripted> {
    Err(Scripted { verdict: Verdict::Retry, call: 1 })
}

#[fallback(tag = "update-state", classify(Scripted::verdict), all_unhealthy = "fail", timeout = "1s")]
async fn plan(a: &Script, b: &Script, c: &Script) -> Answer {
    #[primary("a", breaker(failures = 1, cooldown = "60s"))]
    {
        a.call().await
    }
    #[fallback("b", healthcheck(health))]
    {
        b.call().await
    }
    #[fallback("c")]
    {
        c.call().await
    }
}

#[tokio::test(start_paused = true)]
async fn r90_breakers_health_throttles_and_counters_stay() {
    let runtime = seeded();
    let (a, b, c) =
        (Script::of([fail(Verdict::Retry)]), Script::of([ok()]), Script::of([fail(Verdict::Throttled(ms(60_000)))]));
    let steered = handle(&runtime, "update-state");
    runtime.scope(health.check()).await;
    runtime.scope(plan(&a, &b, &c)).await.expect_err("nobody is left");
    let before = (steered.breaker("a"), steered.stats());
    steered
        .update(patch(json!({"timeout": "2s", "providers": {"a": {"breaker": {"cooldown": "10s"}}}})))
        .expect("sound");
    assert_eq!((steered.breaker("a"), steered.stats()), before);
    let error = runtime.scope(plan(&a, &b, &c)).await.expect_err("nobody is left");
    let skips = [Skip::BreakerOpen { retry_in: ms(60_000) }, Skip::Unhealthy, Skip::Throttled { retry_in: ms(60_000) }];
    let expected = ["a", "b", "c"].iter().zip(skips).map(|(name, skip)| format!("{name} skipped: {skip:?}"));
    assert_eq!(trail(&error), expected.collect::<Vec<_>>());
    assert_eq!(steered.stats().since_start.calls, 2);
    // A healthcheck that is off says nothing; on again, it says what it knew.
    steered.update(patch(json!({"healthcheck": {"enabled": false}}))).expect("there is one");
    runtime.scope(plan(&a, &b, &c)).await.expect("b is asked");
    steered.update(patch(json!({"healthcheck": null}))).expect("there is one");
    runtime.scope(plan(&a, &b, &c)).await.expect_err("nobody is left");
    assert_eq!((a.calls(), b.calls(), c.calls()), (1, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn r90_what_a_run_under_way_learns_counts_for_all() {
    let runtime = seeded();
    let (a, b, c) = (Script::of([fail(Verdict::Failover).after(10), ok()]), Script::of([ok()]), Script::of([ok()]));
    let steered = handle(&runtime, "update-state");
    let mut run = pin!(runtime.scope(plan(&a, &b, &c)));
    begin(run.as_mut()).await;
    assert_eq!(steered.stats().provider("a").map(|it| it.in_flight), Some(1));
    steered.update(Patch::new().timeout(ms(500))).expect("it is sound");
    run.await.expect("b serves");
    assert_eq!(steered.stats().provider("a").map(|it| (it.in_flight, it.since_start.failures)), Some((0, 1)));
    runtime.scope(plan(&a, &b, &c)).await.expect("b serves");
    assert_eq!(a.calls(), 1, "its breaker is open");
    advance(ms(60_000)).await;
    runtime.scope(plan(&a, &b, &c)).await.expect("a serves");
    assert_eq!(a.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn r80_a_run_that_is_dropped_after_an_update_gives_back_what_it_holds() {
    let runtime = seeded();
    let (a, b, c) = (Script::of([hang()]), Script::of([ok()]), Script::of([ok()]));
    let steered = handle(&runtime, "update-state");
    steered.update(patch(json!({"bulkhead": 1}))).expect("it is sound");
    {
        let mut run = pin!(runtime.scope(plan(&a, &b, &c)));
        begin(run.as_mut()).await;
        steered
            .update(patch(json!({"bulkhead": 2, "providers": {"a": {"bulkhead": {"enabled": false}}}})))
            .expect("sound");
        assert_eq!(steered.bulkhead("a"), None);
        steered.update(patch(json!({"providers": {"a": {"bulkhead": null}}}))).expect("it is sound");
        assert_eq!(steered.bulkhead("a").map(|places| places.taken), Some(1));
    }
    assert_eq!(steered.bulkhead("a").map(|places| places.taken), Some(0));
}
