use ductape::{Verdict, quota};
use tokio::time::advance;

use super::stats;
use crate::support::{Answer, Script, Scripted, fail, ms, ok, seeded};

#[quota(tag = "stats-windows", classify(Scripted::verdict))]
async fn plan(a: &Script) -> Answer {
    #[provider("a", weight = 100, cost = 2)]
    {
        a.call().await
    }
}

const TAG: &str = "stats-windows";
const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;

#[tokio::test(start_paused = true)]
async fn r94_windows_forget_what_is_older_and_the_start_forgets_nothing() {
    let (runtime, a) = (seeded(), Script::of([ok()]));
    let calls = || {
        let plan = stats(&runtime, TAG);
        let provider = &plan.providers[0];
        assert_eq!(provider.last_minute.calls, plan.last_minute.calls);
        assert_eq!(provider.last_hour.calls, plan.last_hour.calls);
        assert!((plan.last_minute.cost - 2.0 * successes(plan.last_minute.calls)).abs() < 1e-9);
        [plan.last_minute.calls, plan.last_hour.calls, plan.since_start.calls]
    };
    runtime.scope(plan(&a)).await.expect("a works");
    assert_eq!(calls(), [1, 1, 1]);
    advance(ms(52_000)).await;
    assert_eq!(calls(), [1, 1, 1]);
    runtime.scope(plan(&a)).await.expect("a works");
    assert_eq!(calls(), [2, 2, 2]);
    advance(ms(9_000)).await;
    assert_eq!(calls(), [1, 2, 2]);
    advance(ms(51 * MINUTE)).await;
    assert_eq!(calls(), [0, 2, 2]);
    runtime.scope(plan(&a)).await.expect("a works");
    assert_eq!(calls(), [1, 3, 3]);
    advance(ms(9 * MINUTE)).await;
    assert_eq!(calls(), [0, 1, 3]);
    advance(ms(24 * HOUR)).await;
    assert_eq!(calls(), [0, 0, 3]);
    runtime.scope(plan(&a)).await.expect("a works");
    assert_eq!(calls(), [1, 1, 4]);
}

#[expect(clippy::cast_precision_loss, reason = "a few")]
fn successes(calls: u64) -> f64 {
    calls as f64
}

#[tokio::test(start_paused = true)]
async fn r94_latencies_are_those_of_their_window() {
    let runtime = seeded();
    let (slow, fast) = (Script::of([ok().after(1_000)]), Script::of([ok().after(10)]));
    runtime.scope(plan(&slow)).await.expect("it works");
    advance(ms(10 * MINUTE)).await;
    for _ in 0..3 {
        runtime.scope(plan(&fast)).await.expect("it works");
    }
    let provider = stats(&runtime, TAG).providers.remove(0);
    let close = |shown: Option<std::time::Duration>, millis: u64| {
        shown.is_some_and(|shown| shown.abs_diff(ms(millis)) <= ms(millis) / 16)
    };
    assert!(close(provider.last_minute.latency.p99, 10), "{provider:?}");
    assert!(close(provider.last_hour.latency.p50, 10) && close(provider.last_hour.latency.p99, 1_000));
}

#[tokio::test(start_paused = true)]
async fn r94_windows_keep_up_with_traffic_that_never_ends() {
    let (runtime, a) = (seeded(), Script::of([ok()]));
    // One call a second, for two and a half hours.
    for second in 1..9_000_u64 {
        runtime.scope(plan(&a)).await.expect("a works");
        if second % 97 == 0 {
            let plan = stats(&runtime, TAG);
            let window = |calls: u64, length: u64| {
                let all = second.min(length);
                calls <= all && calls >= all * 7 / 8 - 1
            };
            assert!(window(plan.last_minute.calls, 60), "{} in the minute before {second}", plan.last_minute.calls);
            assert!(window(plan.last_hour.calls, 3_600), "{} in the hour before {second}", plan.last_hour.calls);
            assert_eq!(plan.since_start.calls, second);
        }
        advance(ms(1_000)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn r91_a_reset_clears_all_windows_and_leaves_what_is_under_way() {
    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry), ok(), ok().after(50)]));
    runtime.scope(plan(&a)).await.expect_err("a fails");
    runtime.scope(plan(&a)).await.expect("a works");
    let mut slow = std::pin::pin!(runtime.scope(plan(&a)));
    crate::support::begin(slow.as_mut()).await;

    let cleared = runtime.plan(TAG).expect("it is linked").reset_stats();
    assert_eq!((cleared.since_start.calls, cleared.since_start.failures, cleared.since_start.successes), (3, 1, 1));
    let plan = stats(&runtime, TAG);
    for window in [plan.last_minute, plan.last_hour, plan.since_start] {
        assert_eq!((window.calls, window.failures, window.successes), (0, 0, 0));
        assert!(window.cost.abs() < 1e-9 && window.latency.p50.is_none());
    }
    assert_eq!((plan.in_flight, plan.providers[0].in_flight), (1, 1));

    slow.await.expect("a works");
    let plan = stats(&runtime, TAG);
    assert_eq!((plan.in_flight, plan.since_start.calls, plan.since_start.successes), (0, 0, 1));
}
