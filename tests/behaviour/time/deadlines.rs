//! R11 and R13: the deadline bounds the run, and no wait begins that would end past it.

use ductape::{ErrorKind, Outcome, Source, Verdict, action, attempt, fallback};
use tokio::time::Instant;

use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, run, trail};

#[tokio::test(start_paused = true)]
async fn r11_the_deadline_bounds_attempts_and_waits_together() {
    #[fallback(deadline = "1s", timeout = "100ms", retries = 1_000)]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", backoff(base = "50ms", factor = 1, jitter = "none"))]
        {
            a.call().await
        }
        #[fallback("b", backoff(base = "10ms", factor = 1, jitter = "none"))]
        {
            b.call().await
        }
    }

    let (a, b) = (Script::of([hang()]), Script::of([hang()]));
    let start = Instant::now();
    run(plan(&a, &b)).await.expect_err("both hang");

    // Attempts of a end at 100 + n · 150 and leave b its 100; b goes on while another attempt fits.
    assert_eq!(a.times(), [0, 150, 300, 450, 600, 750]);
    assert_eq!(b.times(), [850]);
    assert_eq!(start.elapsed(), ms(950));
}

#[tokio::test(start_paused = true)]
async fn r11_the_deadline_bounds_reconcile_and_degrade() {
    #[fallback(deadline = "500ms", timeout = "100ms", at_most_once, classify(Scripted::verdict))]
    async fn plan(a: &Script, asked: &Script, b: &Script, poor: &Script) -> Answer {
        #[primary("a", retries = 100, backoff(base = "1ms", factor = 1, jitter = "none"))]
        {
            a.call().await
        }
        #[reconcile(after = "50ms")]
        {
            asked.call().await.map(|_| None)
        }
        #[fallback("b")]
        {
            b.call().await
        }
        #[degrade(timeout = "100ms")]
        {
            poor.call().await
        }
    }

    let (a, asked) = (Script::of([hang()]), Script::of([ok().after(100)]));
    let (b, poor) = (Script::of([fail(Verdict::Retry).after(100)]), Script::of([ok().after(100)]));
    let outcome = run(plan(&a, &asked, &b, &poor)).await.expect("the degrade block works");

    // 100 hanging, 50 until the question, 100 for its answer, 100 for b, 100 degraded.
    assert_eq!((a.times(), asked.times()), (vec![0], vec![150]));
    assert_eq!((b.times(), poor.times()), (vec![250], vec![350]));
    assert_eq!((outcome.elapsed, outcome.source), (ms(450), Source::Degraded));
}

#[tokio::test(start_paused = true)]
async fn r11_an_attempt_gets_the_smaller_of_its_timeout_and_what_is_left() {
    #[action(timeout = "60ms")]
    async fn narrow(inside: &Script) -> ductape::Result<[Outcome<u128>; 2], Scripted> {
        inside.call().await?;
        let first = remaining().await.expect("it works");
        tokio::time::sleep(ms(45)).await;
        let second = remaining().await.expect("it works");
        Ok([first, second])
    }
    #[action(timeout = "30ms")]
    async fn remaining() -> Answer<u128> {
        Ok(attempt().expect("this is a provider's block").remaining().as_millis())
    }

    let left = run(narrow(&Script::of([ok().after(10)]))).await.expect("there is time enough");
    assert_eq!(left.map(Outcome::into_inner), [30, 5]);
}

#[tokio::test(start_paused = true)]
async fn r11_remaining_is_what_is_left_of_the_attempt() {
    #[action(deadline = "300ms", timeout = "80ms", retries = 1, backoff(base = "20ms", jitter = "none"))]
    async fn plan(a: &Script) -> ductape::Result<[u128; 2], Scripted> {
        let left = || attempt().expect("this is a provider's block").remaining().as_millis();
        let before = left();
        a.call().await?;
        Ok([before, left()])
    }

    let a = Script::of([fail(Verdict::Retry), ok().after(30)]);
    assert_eq!(run(plan(&a)).await.expect("the retry works"), [80, 50]);
}

#[tokio::test(start_paused = true)]
async fn r11_without_a_deadline_every_attempt_and_every_wait_has_its_place() {
    #[fallback(timeout = "100ms", retries = 2, backoff(base = "100ms", factor = 2, max = "150ms", jitter = "none"))]
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

    let (a, b) = (Script::of([hang()]), Script::of([hang()]));
    let start = Instant::now();
    let error = run(plan(&a, &b)).await.expect_err("both hang");

    assert_eq!((a.times(), b.times()), (vec![0, 200, 450], vec![550, 750, 1_000]));
    assert_eq!(start.elapsed(), ms(1_100));
    assert_eq!(error.kind(), ErrorKind::Exhausted);
}

#[tokio::test(start_paused = true)]
async fn r13_a_wait_that_would_end_past_the_deadline_is_not_begun() {
    #[action(deadline = "500ms", timeout = "100ms", retries = 3, backoff(base = "600ms", jitter = "none"))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let a = Script::of([fail(Verdict::Retry).after(20)]);
    let start = Instant::now();
    run(plan(&a)).await.expect_err("a never works");

    assert_eq!((a.calls(), start.elapsed()), (1, ms(20)));
}

#[tokio::test(start_paused = true)]
async fn r13_a_wait_that_leaves_no_whole_attempt_is_not_begun_either() {
    #[fallback(deadline = "500ms", timeout = "100ms", classify(Scripted::verdict))]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 3, backoff(base = "301ms", jitter = "none"))]
        {
            a.call().await
        }
        #[fallback("b", retries = 3, backoff(base = "400ms", jitter = "none"))]
        {
            b.call().await
        }
    }

    // 301 + 100 for the retry + 100 for b is 501; then 400 + 100 fits exactly.
    let (a, b) = (Script::of([fail(Verdict::Retry)]), Script::of([fail(Verdict::Retry)]));
    let start = Instant::now();
    let error = run(plan(&a, &b)).await.expect_err("nobody works");

    assert_eq!((a.times(), b.times()), (vec![0], vec![0, 400]));
    assert_eq!(start.elapsed(), ms(400));
    assert_eq!(trail(&error), ["a 1 failed: Retry", "b 1 failed: Retry", "b 2 failed: Retry"]);
}
