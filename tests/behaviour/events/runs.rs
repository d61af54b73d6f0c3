use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::time::UNIX_EPOCH;

use ductape::{Happened, RunEnd, Verdict, action, fallback, quota};
use serde_json::json;
use tokio::time::advance;

use super::{lines, pair, unread};
use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, panics, poll_once, seeded};

#[tokio::test(start_paused = true)]
async fn r92_everything_that_happens_in_a_run_is_told_in_its_order() {
    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Retry).after(5), hang()]), Script::of([ok().after(7)]));
    let mut events = runtime.events();
    runtime.scope(pair(&a, &b)).await.expect("b works");
    let expected = [
        "events-pair a attempt_failed attempt=1 end=failed took=5.0",
        "events-pair a retry attempt=2 wait=10.0",
        "events-pair a attempt_failed attempt=2 end=timed_out took=50.0",
        "events-pair b failover from=a",
        "events-pair a masked by=b",
        "events-pair b run_finished attempts=3 elapsed=72.0 end=served",
    ];
    assert_eq!(unread(&mut events), expected);
    assert_eq!(lines(runtime.recent_events()), expected, "and it is kept");
}

#[tokio::test(start_paused = true)]
async fn r92_an_event_says_when_it_happened() {
    let (runtime, a, b) = (seeded(), Script::of([ok()]), Script::of([ok()]));
    let mut events = runtime.events();
    runtime.scope(pair(&a, &b)).await.expect("a works");
    advance(ms(1_500)).await;
    runtime.scope(pair(&a, &b)).await.expect("a works");
    let [first, second] = [events.next().await, events.next().await].map(|event| event.expect("it happened").time);
    assert_eq!(second.duration_since(first).expect("it is later"), ms(1_500));

    runtime.scope(pair(&a, &b)).await.expect("a works");
    let json = serde_json::to_value(events.next().await).expect("it serializes");
    let since_1970 = second.duration_since(UNIX_EPOCH).expect("it is later").as_millis();
    assert_eq!(json["time"].as_u64().map(u128::from), Some(since_1970));
}

#[tokio::test(start_paused = true)]
async fn r92_skips_are_told_with_their_reason_and_breakers_with_their_change() {
    #[fallback(tag = "events-gates", classify(Scripted::verdict), timeout = "1s")]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", breaker(failures = 1, cooldown = "10s"))]
        {
            a.call().await
        }
        #[fallback("b", rate_limit(rate = "1/m", burst = 1))]
        {
            b.call().await
        }
        #[degrade]
        {
            Ok(0)
        }
    }

    let runtime = seeded();
    let (a, b) = (Script::of([fail(Verdict::Failover), ok()]), Script::of([fail(Verdict::Throttled(ms(5_000)))]));
    for _ in 0..2 {
        runtime.scope(plan(&a, &b)).await.expect("it is degraded");
    }
    advance(ms(10_000)).await;
    runtime.scope(plan(&a, &b)).await.expect("a works again");
    let expected = [
        "events-gates a attempt_failed attempt=1 end=failed took=0.0",
        "events-gates a breaker_changed from={state:closed} to={retry_in:10000.0,state:open}",
        "events-gates b failover from=a",
        "events-gates b attempt_failed attempt=1 end=throttled took=0.0",
        "events-gates degraded",
        "events-gates run_finished attempts=2 elapsed=0.0 end=degraded",
        "events-gates a skipped reason=breaker_open retry_in=10000.0",
        "events-gates b skipped reason=throttled retry_in=5000.0",
        "events-gates degraded",
        "events-gates run_finished attempts=0 elapsed=0.0 end=degraded",
        "events-gates a breaker_changed from={retry_in:0.0,state:open} to={state:half_open}",
        "events-gates a breaker_changed from={state:half_open} to={state:closed}",
    ];
    assert_eq!(lines(runtime.recent_events()), expected);
}

#[tokio::test(start_paused = true)]
async fn r92_every_end_of_a_run_is_told_by_its_name() {
    #[action(
        tag = "events-once",
        app = "a",
        at_most_once,
        classify(Scripted::verdict),
        deadline = "50ms",
        timeout = "50ms"
    )]
    async fn once(a: &Script) -> Answer {
        a.call().await
    }
    #[action(tag = "events-short", app = "a", deadline = "50ms", timeout = "50ms")]
    async fn short(a: &Script) -> Answer {
        a.call().await
    }

    let runtime = seeded();
    let mut events = runtime.events();
    let mut last = || {
        let all: Vec<_> = std::iter::from_fn(|| events.try_next()).collect();
        match all.last().expect("it ended").happened {
            Happened::RunFinished { end, .. } => end,
            ref other => panic!("{other:?}"),
        }
    };
    let good = Script::of([ok()]);
    let bad = |verdict| Script::of([fail(verdict)]);
    runtime.scope(once(&good)).await.expect("it works");
    assert_eq!(last(), RunEnd::Served);
    runtime.scope(once(&bad(Verdict::Retry))).await.expect_err("it fails");
    assert_eq!(last(), RunEnd::Exhausted);
    runtime.scope(once(&bad(Verdict::Abort))).await.expect_err("it fails");
    assert_eq!(last(), RunEnd::Aborted);
    runtime.scope(once(&bad(Verdict::Ambiguous))).await.expect_err("it fails");
    assert_eq!(last(), RunEnd::Ambiguous);
    tokio::time::timeout(ms(20), runtime.scope(short(&Script::of([hang()])))).await.expect_err("it is dropped");
    assert_eq!(last(), RunEnd::Dropped);
    catch_unwind(AssertUnwindSafe(|| poll_once(pin!(runtime.scope(once(&Script::of([panics()])))))))
        .expect_err("it panics");
    assert_eq!(last(), RunEnd::Panicked);
}

#[tokio::test(start_paused = true)]
async fn r92_a_failover_in_a_quota_names_both() {
    #[quota(tag = "events-quota", classify(Scripted::verdict))]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[provider("a", weight = 99)]
        {
            a.call().await
        }
        #[provider("b", weight = 1)]
        {
            b.call().await
        }
    }

    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Failover)]), Script::of([ok()]));
    runtime.scope(plan(&a, &b)).await.expect("b works");
    let told = lines(runtime.recent_events());
    assert!(told.contains(&"events-quota b failover from=a".to_owned()), "{told:?}");
    assert!(told.contains(&"events-quota a masked by=b".to_owned()), "{told:?}");
}

#[test]
fn an_event_serializes_flat() {
    let lost = serde_json::to_value(Happened::Lost { count: 3 }).expect("it serializes");
    assert_eq!(lost, json!({ "event": "lost", "count": 3 }));
}
