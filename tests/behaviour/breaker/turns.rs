//! R4: breakers in the course of a turn.

use std::pin::pin;

use ductape::{Verdict, action, fallback};
use tokio::time::{Instant, sleep};

use super::{mark, went};
use crate::support::{Answer, Script, Scripted, begin, fail, ms, ok, seeded, trail};

#[tokio::test(start_paused = true)]
async fn r4_after_a_failure_the_breaker_is_asked_before_the_wait() {
    #[fallback(retries = 9, backoff(base = "1s", factor = 1, jitter = "none"))]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", breaker(failures = 3, cooldown = "1m"))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Retry)]), Script::of([ok()]));
    let outcome = runtime.scope(plan(&a, &b)).await.expect("b works");
    assert_eq!((a.times(), b.times()), (vec![0, 1_000, 2_000], vec![2_000]), "the third failure opens it");
    assert_eq!((outcome.attempts, outcome.elapsed), (4, ms(2_000)));
}

#[tokio::test(start_paused = true)]
async fn r4_the_trail_says_that_the_breaker_ended_the_turn_and_for_how_long() {
    #[action(
        app = "a",
        retries = 9,
        backoff(base = "1s", factor = 1, jitter = "none"),
        breaker(failures = 2, cooldown = "1m")
    )]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    let error = runtime.scope(plan(&a)).await.expect_err("a fails");
    assert_eq!(trail(&error), ["a 1 failed: Retry", "a 2 failed: Retry", "a skipped: BreakerOpen { retry_in: 60s }"]);
}

#[tokio::test(start_paused = true)]
async fn r4_after_the_wait_the_breaker_is_asked_again() {
    #[action(
        app = "a",
        retries = 9,
        backoff(base = "1s", factor = 1, jitter = "none"),
        breaker(failures = 2, cooldown = "1m")
    )]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    // Somebody else's failure opens the breaker while this run waits.
    let (runtime, a, other) = (seeded(), Script::of([fail(Verdict::Retry)]), Script::of([fail(Verdict::Retry)]));
    let start = Instant::now();
    let mut waiting = pin!(runtime.scope(plan(&a)));
    begin(waiting.as_mut()).await;
    sleep(ms(400)).await;
    assert_eq!(mark(&runtime.scope(plan(&other)).await), 'x');
    let error = waiting.await.expect_err("it may not retry");
    assert_eq!((a.times(), start.elapsed()), (vec![0], ms(1_000)));
    assert_eq!(trail(&error), ["a 1 failed: Retry", "a skipped: BreakerOpen { retry_in: 59.4s }"]);
}

#[tokio::test(start_paused = true)]
async fn r4_a_retry_after_that_is_longer_than_the_cooldown_is_not_waited_for_either() {
    #[action(app = "a", retries = 9, classify(Scripted::verdict), breaker(failures = 1, cooldown = "1s"))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::RetryAfter(ms(5_000)))]));
    let start = Instant::now();
    let error = runtime.scope(plan(&a)).await.expect_err("a fails");
    assert_eq!((a.calls(), start.elapsed()), (1, ms(0)));
    assert_eq!(trail(&error), ["a 1 failed: RetryAfter(5s)", "a skipped: BreakerOpen { retry_in: 1s }"]);
}

#[tokio::test(start_paused = true)]
async fn r60_every_attempt_of_a_run_is_recorded_and_not_the_first_or_the_last_alone() {
    #[action(
        app = "a",
        retries = 2,
        backoff(base = "1ms", factor = 1, jitter = "none"),
        breaker(failures = 6, cooldown = "1m")
    )]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    assert_eq!(went(&runtime, 3, async || plan(&a).await).await, "xx-");
    assert_eq!(a.calls(), 6);

    // A run that succeeds at its last attempt has begun the row anew.
    let bad = fail(Verdict::Retry);
    let (runtime, a) = (seeded(), Script::of([bad, bad, ok(), bad, bad, ok(), bad, bad, ok()]));
    assert_eq!(went(&runtime, 3, async || plan(&a).await).await, "...");
    assert_eq!(a.calls(), 9);
}

#[tokio::test(start_paused = true)]
async fn r60_an_error_that_leaves_the_block_by_a_question_mark_or_a_return_counts() {
    #[action(app = "a", breaker(failures = 2, cooldown = "1m"))]
    async fn early(a: &Script, returns: bool) -> Answer {
        if returns {
            return a.call().await;
        }
        let call = a.call().await?;
        Ok(call)
    }
    #[fallback(breaker(failures = 2, cooldown = "1m"))]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a")]
        {
            let call = a.call().await?;
            Ok(call)
        }
        #[fallback("b")]
        {
            return b.call().await;
        }
    }

    for returns in [false, true] {
        let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
        assert_eq!(went(&runtime, 4, async || early(&a, returns).await).await, "xx--");
        assert_eq!(a.calls(), 2);
    }
    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Retry)]), Script::of([fail(Verdict::Retry)]));
    assert_eq!(went(&runtime, 4, async || plan(&a, &b).await).await, "xx--");
    assert_eq!((a.calls(), b.calls()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn r62_a_probe_that_fails_ends_the_turn_without_a_retry() {
    #[fallback(
        retries = 5,
        backoff(base = "1s", factor = 1, jitter = "none"),
        breaker(failures = 1, cooldown = "10s", probes = 3)
    )]
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

    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Retry)]), Script::of([ok()]));
    assert_eq!(went(&runtime, 2, async || plan(&a, &b).await).await, "..");
    sleep(ms(10_000)).await;
    assert_eq!(went(&runtime, 2, async || plan(&a, &b).await).await, "..");
    assert_eq!((a.times(), b.times()), (vec![0, 10_000], vec![0, 0, 10_000, 10_000]));
}

#[tokio::test(start_paused = true)]
async fn r63_a_throttled_probe_that_fails_over_holds_no_place_while_the_next_provider_works() {
    #[fallback(classify(Scripted::verdict), timeout = "5s")]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", breaker(failures = 1, cooldown = "10s"))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let a = Script::of([fail(Verdict::Failover), fail(Verdict::Throttled(ms(1))), ok()]);
    let (runtime, b) = (seeded(), Script::of([ok(), ok().after(2_000)]));
    assert_eq!(went(&runtime, 1, async || plan(&a, &b).await).await, ".");
    sleep(ms(10_000)).await;
    let mut long = pin!(runtime.scope(plan(&a, &b)));
    begin(long.as_mut()).await;
    sleep(ms(10)).await;
    let outcome = runtime.scope(plan(&a, &b)).await.expect("a is well");
    assert_eq!(outcome.provider, "a");
    assert_eq!(long.await.expect("b works").provider, "b");
}
