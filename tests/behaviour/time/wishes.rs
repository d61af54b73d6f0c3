//! R17: `RetryAfter` replaces the backoff, where the time allows it.

use std::time::Duration;

use ductape::{ErrorKind, Verdict, action, fallback};
use tokio::time::Instant;

use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, run, trail};

fn retry_after(millis: u64) -> Verdict {
    Verdict::RetryAfter(ms(millis))
}

#[tokio::test(start_paused = true)]
async fn r17_retry_after_replaces_the_backoff_shorter_or_longer() {
    #[action(
        classify(Scripted::verdict),
        deadline = "60s",
        retries = 3,
        backoff(base = "100ms", factor = 2, max = "200ms", jitter = "none")
    )]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    // 3 ms is less than the base and 7 s more than max; the backoff that follows is that of the third try.
    let a = Script::of([fail(retry_after(3)), fail(retry_after(7_000)), fail(Verdict::Retry), ok()]);
    run(plan(&a)).await.expect("the last attempt works");
    assert_eq!(a.times(), [0, 3, 7_003, 7_203]);
}

#[tokio::test(start_paused = true)]
async fn r17_retry_after_has_no_jitter() {
    #[action(classify(Scripted::verdict), deadline = "60s", retries = 20, backoff(jitter = "full"))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let a = Script::of([fail(retry_after(250))]);
    run(plan(&a)).await.expect_err("it never works");
    let expected: Vec<u64> = (0..21).map(|attempt| attempt * 250).collect();
    assert_eq!(a.times(), expected);
}

#[tokio::test(start_paused = true)]
async fn r17_retry_after_does_not_add_tries() {
    #[fallback(classify(Scripted::verdict), deadline = "60s")]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 1)]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let (a, b) = (Script::of([fail(retry_after(500))]), Script::of([ok()]));
    run(plan(&a, &b)).await.expect("b works");

    // After the last try nothing is waited for.
    assert_eq!((a.times(), b.times()), (vec![0, 500], vec![500]));
}

#[tokio::test(start_paused = true)]
async fn r17_a_retry_after_beyond_the_deadline_is_not_slept_through() {
    #[fallback(classify(Scripted::verdict), deadline = "10s", timeout = "1s")]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 3)]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let (a, b) = (Script::of([fail(retry_after(60_000)).after(20)]), Script::of([ok()]));
    let outcome = run(plan(&a, &b)).await.expect("b works");
    assert_eq!((a.times(), b.times(), outcome.elapsed), (vec![0], vec![20], ms(20)));
}

#[tokio::test(start_paused = true)]
async fn r17_what_fits_is_the_wait_a_whole_attempt_and_what_is_still_to_come() {
    #[fallback(classify(Scripted::verdict), deadline = "10s", timeout = "1s")]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 1)]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    for (wish, expected) in [(8_000, vec![0, 8_000]), (8_001, vec![0])] {
        let (a, b) = (Script::of([fail(retry_after(wish))]), Script::of([ok()]));
        run(plan(&a, &b)).await.expect("b works");
        assert_eq!(a.times(), expected, "after {wish} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn r17_without_a_deadline_the_worst_case_is_the_time_there_is() {
    #[action(
        classify(Scripted::verdict),
        timeout = "100ms",
        retries = 2,
        backoff(base = "100ms", factor = 1, jitter = "none")
    )]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    // Three attempts and two waits are 500 ms at most.
    let a = Script::of([fail(Verdict::RetryAfter(Duration::from_secs(86_400)))]);
    let start = Instant::now();
    let error = run(plan(&a)).await.expect_err("it never works");
    assert_eq!((a.calls(), start.elapsed()), (1, Duration::ZERO));
    assert_eq!(trail(&error).len(), 1);

    let a = Script::of([fail(retry_after(401))]);
    run(plan(&a)).await.expect_err("it never works");
    assert_eq!(a.times(), [0]);

    let a = Script::of([fail(retry_after(400)), fail(Verdict::Abort)]);
    let error = run(plan(&a)).await.expect_err("it aborts");
    assert_eq!((a.times(), error.kind()), (vec![0, 400], ErrorKind::Aborted));
}

#[tokio::test(start_paused = true)]
async fn r17_after_a_wish_the_worst_case_bounds_the_ordinary_waits_too() {
    #[action(
        classify(Scripted::verdict),
        timeout = "10s",
        retries = 2,
        backoff(base = "100ms", factor = 1, max = "100ms", jitter = "none")
    )]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    // 20 s of wish and 9.9 s of an attempt leave no room for a third attempt of 10 s in the 30.2 s of the worst case.
    let a = Script::of([fail(retry_after(20_000)), fail(Verdict::Retry).after(9_900), hang()]);
    let began = tokio::time::Instant::now();
    run(plan(&a)).await.expect_err("nothing works");
    assert_eq!((a.times(), began.elapsed()), (vec![0, 20_000], ms(29_900)));
}
