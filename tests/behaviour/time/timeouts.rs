//! R10: `timeout` bounds one attempt.

use ductape::{ErrorKind, Event, Verdict, action, fallback};
use tokio::task::coop::consume_budget;
use tokio::task::yield_now;
use tokio::time::{Instant, advance};

use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, run, trail};

#[tokio::test(start_paused = true)]
async fn r10_timeout_bounds_each_attempt_and_is_off_during_backoff() {
    // The backoff is longer than the timeout: a timeout that went on would cut the waits.
    #[action(app = "a", timeout = "50ms", retries = 2, backoff(base = "200ms", factor = 1, jitter = "none"))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let a = Script::of([hang()]);
    let start = Instant::now();
    let error = run(plan(&a)).await.expect_err("a hangs");

    assert_eq!(a.times(), [0, 250, 500]);
    assert_eq!(start.elapsed(), ms(550));
    assert_eq!(trail(&error), ["a 1 timed out after 50ms", "a 2 timed out after 50ms", "a 3 timed out after 50ms"]);
    assert_eq!(error.kind(), ErrorKind::Exhausted);
}

#[tokio::test(start_paused = true)]
async fn r10_a_retry_begins_with_a_whole_timeout() {
    #[action(timeout = "50ms", retries = 1, backoff(base = "200ms", factor = 1, jitter = "none"))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    // 40 ms and 49 ms are more than one timeout together, but each is less.
    let a = Script::of([fail(Verdict::Retry).after(40), ok().after(49)]);
    let outcome = run(plan(&a)).await.expect("the retry has the whole timeout");
    assert_eq!(outcome.elapsed, ms(40 + 200 + 49));
}

#[tokio::test(start_paused = true)]
async fn r10_an_expired_attempt_is_dropped_before_anything_else_starts() {
    #[fallback(timeout = "50ms")]
    async fn plan(a: &Script, b: &Script, still_running: &Script) -> ductape::Result<[usize; 2], Scripted> {
        #[primary("a", retries = 1)]
        {
            let running = a.running();
            a.call().await?;
            Ok([running, 0])
        }
        #[fallback("b")]
        {
            let running = a.running();
            b.call().await?;
            Ok([running, still_running.running()])
        }
    }

    let (a, b) = (Script::of([hang()]), Script::of([ok()]));
    assert_eq!(run(plan(&a, &b, &a)).await.expect("b works"), [0, 0]);
    assert_eq!((a.calls(), a.cut()), (2, 2));

    let a = Script::of([hang(), ok()]);
    assert_eq!(run(plan(&a, &b, &a)).await.expect("the retry works"), [0, 0]);
    assert_eq!((a.calls(), a.cut()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn r10_an_expired_attempt_is_dropped_before_the_backoff() {
    #[action(timeout = "50ms", retries = 1, backoff(base = "100ms", factor = 1, jitter = "none"))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let a = Script::of([hang()]);
    let watch = async {
        advance(ms(49)).await;
        let before = a.running();
        advance(ms(1)).await;
        yield_now().await;
        (before, a.running())
    };
    let (result, running) = tokio::join!(run(plan(&a)), watch);

    result.expect_err("a hangs");
    assert_eq!(running, (1, 0));
}

#[tokio::test(start_paused = true)]
async fn r10_a_result_in_the_poll_in_which_the_timeout_expires_wins() {
    #[fallback(timeout = "50ms")]
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

    let b = Script::of([ok()]);
    let in_time = run(plan(&Script::of([ok().after(50)]), &b)).await.expect("a works just in time");
    assert_eq!((in_time.provider.as_str(), in_time.elapsed), ("a", ms(50)));

    let too_late = run(plan(&Script::of([ok().after(51)]), &b)).await.expect("b works");
    assert_eq!((too_late.provider.as_str(), too_late.elapsed), ("b", ms(50)));
}

#[tokio::test(start_paused = true)]
async fn r10_an_error_in_the_poll_in_which_the_timeout_expires_wins() {
    #[action(timeout = "50ms", classify(Scripted::verdict), retries = 3)]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let error = run(plan(&Script::of([fail(Verdict::Abort).after(50)]))).await.expect_err("it aborts");
    assert_eq!(error.kind(), ErrorKind::Aborted);
}

#[tokio::test(start_paused = true)]
async fn r10_the_timeout_is_ten_seconds_unless_said() {
    #[fallback]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b", timeout = "1.5s")]
        {
            b.call().await
        }
    }

    let (a, b) = (Script::of([hang()]), Script::of([hang()]));
    let error = run(plan(&a, &b)).await.expect_err("both hang");
    assert_eq!(trail(&error), ["a 1 timed out after 10s", "b 1 timed out after 1.5s"]);
    assert_eq!(b.times(), [10_000]);
}

#[tokio::test(start_paused = true)]
async fn r10_the_providers_timeout_replaces_the_plans() {
    const BRIEF: std::time::Duration = std::time::Duration::from_millis(20);

    #[fallback(timeout = "5s")]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", timeout(BRIEF))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let error = run(plan(&Script::of([hang()]), &Script::of([hang()]))).await.expect_err("both hang");
    assert_eq!(trail(&error), ["a 1 timed out after 20ms", "b 1 timed out after 5s"]);
}

/// A block that is never idle uses up what tokio lets a task do in one go, and the timer with it, if that asks too.
#[tokio::test(start_paused = true)]
async fn r10_a_busy_block_does_not_overrun_its_timeout() {
    #[action(timeout = "50ms")]
    async fn busy(ceiling: u32) -> ductape::Result<(), Scripted> {
        for _ in 0..ceiling {
            consume_budget().await;
        }
        Ok(())
    }

    let clock = tokio::spawn(async {
        loop {
            advance(ms(1)).await;
        }
    });
    let start = Instant::now();
    let result = run(busy(10_000_000)).await;
    let took = start.elapsed();
    clock.abort();

    let error = result.expect_err("the block takes for ever");
    assert!(matches!(error.trail().entries()[0].event, Event::TimedOut { attempt: 1, after } if after == ms(50)));
    assert!(took <= ms(52), "the timeout was noticed after {took:?}");
}
