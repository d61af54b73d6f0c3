//! R2 to R7: how often a provider is called, what ends its turn and the run, and what stands in the trail.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ductape::{ErrorKind, Event, Outcome, Status, Verdict, fallback, healthcheck, quota};
use tokio::time::Instant;

use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, run, seeded, trail};

#[tokio::test(start_paused = true)]
async fn r2_retries_zero_is_exactly_one_call() {
    #[fallback(retries = 4)]
    async fn plan(a: &Script, b: &Script) -> Answer {
        // The plan's default does not count where the provider says zero.
        #[primary("a", retries = 0)]
        {
            a.call().await
        }
        #[fallback("b", retries = 0)]
        {
            b.call().await
        }
    }

    let (a, b) = (Script::of([fail(Verdict::Retry)]), Script::of([fail(Verdict::Retry)]));
    let error = run(plan(&a, &b)).await.expect_err("nobody works");

    assert_eq!((a.calls(), b.calls()), (1, 1));
    assert_eq!(error.kind(), ErrorKind::Exhausted);
}

#[tokio::test(start_paused = true)]
async fn r2_a_provider_gets_one_call_and_its_retries() {
    const TWICE: u32 = 2;

    #[fallback(retries = 1)]
    async fn plan(a: &Script, b: &Script, c: &Script) -> Answer {
        #[primary("a", retries(TWICE))]
        {
            a.call().await
        }
        #[fallback("b", retries = 5)]
        {
            b.call().await
        }
        #[fallback("c")]
        {
            c.call().await
        }
    }

    let failing = || Script::of([fail(Verdict::Retry)]);
    let (a, b, c) = (failing(), failing(), failing());
    run(plan(&a, &b, &c)).await.expect_err("nobody works");

    assert_eq!((a.calls(), b.calls(), c.calls()), (3, 6, 2));
}

#[tokio::test(start_paused = true)]
async fn r2_the_last_retry_may_still_succeed() {
    let a = Script::of([fail(Verdict::Retry), fail(Verdict::Retry), ok()]);
    let b = Script::of([ok()]);
    let outcome = run(twice(&a, &b)).await.expect("the third attempt works");

    assert_eq!((outcome.value, outcome.provider.as_str(), outcome.attempts), (3, "a", 3));
    assert_eq!(b.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn r3_the_first_success_ends_the_run() {
    let (a, b) = (Script::of([ok()]), Script::of([ok()]));
    let outcome = run(twice(&a, &b)).await.expect("a works");

    assert_eq!((a.calls(), b.calls()), (1, 0));
    assert_eq!((outcome.provider.as_str(), outcome.attempts, outcome.elapsed), ("a", 1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn r3_every_run_starts_again_from_the_top() {
    let a = Script::of([fail(Verdict::Retry), fail(Verdict::Retry), fail(Verdict::Retry), ok()]);
    let b = Script::of([ok()]);
    let runtime = seeded();
    let mut served = Vec::new();
    for _ in 0..3 {
        served.push(runtime.scope(twice(&a, &b)).await.expect("one of them works").provider);
    }

    assert_eq!(served, ["b", "a", "a"]);
    assert_eq!((a.calls(), b.calls()), (5, 1));
}

#[tokio::test(start_paused = true)]
async fn r4_health_is_not_asked_between_the_attempts_of_a_turn() {
    static WELL: AtomicBool = AtomicBool::new(true);

    #[healthcheck(interval = "1h", retries = 0)]
    async fn fading() -> Result<(), &'static str> {
        if WELL.load(Ordering::SeqCst) { Ok(()) } else { Err("down") }
    }
    #[fallback]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 1, healthcheck(fading))]
        {
            WELL.store(false, Ordering::SeqCst);
            fading.check().await;
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let (a, b) = (Script::of([fail(Verdict::Retry), ok()]), Script::of([ok()]));
    let runtime = seeded();
    runtime.scope(fading.check()).await;
    let outcome = runtime.scope(plan(&a, &b)).await.expect("a works at the second attempt");

    assert_eq!(runtime.scope(async { fading.status() }).await, Status::Unhealthy);
    assert_eq!((outcome.provider.as_str(), a.calls(), b.calls()), ("a", 2, 0));
}

#[tokio::test(start_paused = true)]
async fn r4_a_throttle_by_another_run_does_not_end_a_turn_under_way() {
    #[fallback(classify(Scripted::verdict))]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 1, backoff(base = "100ms", jitter = "none"))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    // The throttle comes while the first run waits, or while its attempt is still under way.
    for (first, calls) in [(fail(Verdict::Retry), [0, 0, 100]), (fail(Verdict::Retry).after(50), [0, 0, 150])] {
        let a = Script::of([first, fail(Verdict::Throttled(ms(60_000))), ok()]);
        let b = Script::of([ok()]);
        let runtime = seeded();
        let (early, late) = tokio::join!(runtime.scope(plan(&a, &b)), runtime.scope(plan(&a, &b)));

        assert_eq!(early.expect("a works after the backoff").provider, "a");
        assert_eq!(late.expect("b works").provider, "b");
        assert_eq!(a.times(), calls);
    }
}

#[tokio::test(start_paused = true)]
async fn r5_each_provider_has_one_turn_in_a_run() {
    #[quota]
    async fn plan(a: &Script, b: &Script, c: &Script) -> Answer {
        #[provider("a", weight = 98)]
        {
            a.call().await
        }
        #[provider("b", weight = 2, retries = 2)]
        {
            b.call().await
        }
        #[fallback("c", retries = 1)]
        {
            c.call().await
        }
    }

    let failing = || Script::of([fail(Verdict::Retry)]);
    let (a, b, c) = (failing(), failing(), failing());
    let runtime = seeded();
    for runs in 1..=40 {
        runtime.scope(plan(&a, &b, &c)).await.expect_err("nobody works");
        assert_eq!((a.calls(), b.calls(), c.calls()), (runs, 3 * runs, 2 * runs));
    }
}

#[tokio::test(start_paused = true)]
async fn r6_the_error_lists_every_attempt_and_every_skip_in_order() {
    #[fallback(timeout = "50ms", classify(Scripted::verdict))]
    async fn plan(a: &Script, b: &Script, c: &Script) -> Answer {
        #[primary("a", retries = 2)]
        {
            a.call().await
        }
        #[fallback("b", when(false))]
        {
            b.call().await
        }
        #[fallback("c", retries = 1)]
        {
            c.call().await
        }
    }

    let a = Script::of([fail(Verdict::Retry).after(20), hang(), fail(Verdict::Failover).after(30)]);
    let b = Script::of([ok()]);
    let c = Script::of([hang(), fail(Verdict::Ambiguous)]);
    let error = run(plan(&a, &b, &c)).await.expect_err("nobody works");

    assert_eq!(
        trail(&error),
        [
            "a 1 failed: Retry",
            "a 2 timed out after 50ms",
            "a 3 failed: Failover",
            "b skipped: When",
            "c 1 timed out after 50ms",
            "c 2 failed: Ambiguous",
        ]
    );
    let mut took = Vec::new();
    for entry in error.trail().entries() {
        if let Event::Failed { took: time, .. } = entry.event {
            took.push(time);
        }
    }
    assert_eq!(took, [ms(20), ms(30), ms(0)]);
}

#[tokio::test(start_paused = true)]
async fn r7_the_next_provider_follows_at_once() {
    #[fallback(timeout = "30ms", classify(Scripted::verdict))]
    async fn plan(a: &Script, b: &Script, c: &Script) -> Answer {
        #[primary("a", retries = 1, backoff(base = "100ms", factor = 1, jitter = "none"))]
        {
            a.call().await
        }
        #[fallback("b", retries = 5, backoff(base = "100ms", factor = 1, jitter = "none"))]
        {
            b.call().await
        }
        #[fallback("c")]
        {
            c.call().await
        }
    }

    let a = Script::of([fail(Verdict::Retry), hang()]);
    let b = Script::of([fail(Verdict::Failover)]);
    let c = Script::of([ok()]);
    let start = Instant::now();
    run(plan(&a, &b, &c)).await.expect("c works");

    // The backoff before a's second attempt and its timeout, and nothing else.
    assert_eq!((a.times(), b.times(), c.times()), (vec![0, 100], vec![130], vec![130]));
    assert_eq!(start.elapsed(), ms(130));
}

#[fallback]
async fn twice(a: &Script, b: &Script) -> ductape::Result<Outcome<usize>, Scripted> {
    #[primary("a", retries = 2)]
    {
        a.call().await
    }
    #[fallback("b")]
    {
        b.call().await
    }
}
