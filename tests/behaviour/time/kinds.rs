//! R18: which end of a run is `Deadline`, which `Exhausted`, and which `Ambiguous`.

use ductape::{ErrorKind, Skip, Verdict, action, fallback};
use tokio::time::{Instant, advance};

use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, run, trail};

type InnerError = ductape::Error<Scripted>;

#[fallback(tag = "inside", timeout = "100ms", classify(Scripted::verdict))]
async fn inside(a: &Script, b: &Script) -> Answer {
    #[primary("a")]
    {
        a.call().await
    }
    #[fallback("b")]
    {
        b.call().await
    }
}

/// Leaves the plan inside it `left` milliseconds.
async fn with_time(left: u64, a: &Script, b: &Script) -> InnerError {
    #[action(tag = "bounds", timeout = "1s")]
    async fn bounds(left: u64, a: &Script, b: &Script) -> ductape::Result<(), InnerError> {
        tokio::time::sleep(ms(1_000 - left)).await;
        inside(a, b).await.map(drop)
    }
    let error = run(bounds(left, a, b)).await.expect_err("nobody works");
    error.into_last().expect("the inner plan's answer comes in time")
}

#[tokio::test(start_paused = true)]
async fn r18_timeouts_and_failures_alone_are_exhausted() {
    let error = run(inside(&Script::of([hang()]), &Script::of([hang()]))).await.expect_err("both hang");
    assert_eq!(error.kind(), ErrorKind::Exhausted);

    let failing = || Script::of([fail(Verdict::Failover)]);
    let error = run(inside(&failing(), &failing())).await.expect_err("both fail");
    assert_eq!(error.kind(), ErrorKind::Exhausted);
}

#[tokio::test(start_paused = true)]
async fn r18_skips_alone_are_exhausted() {
    #[fallback(deadline = "20s")]
    async fn plan() -> Answer<()> {
        #[primary("a", when(false))]
        {
            Ok(())
        }
        #[fallback("b", when(false))]
        {
            Ok(())
        }
    }

    let error = run(plan()).await.expect_err("nobody takes part");
    assert_eq!((error.kind(), error.provider()), (ErrorKind::Exhausted, None));
    assert_eq!(trail(&error), ["a skipped: When", "b skipped: When"]);
}

#[tokio::test(start_paused = true)]
async fn r18_an_attempt_cut_by_the_deadline_is_deadline() {
    let error = with_time(150, &Script::of([hang()]), &Script::of([hang()])).await;
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(trail(&error), ["a 1 timed out after 100ms", "b 1 timed out after 50ms"]);
}

#[tokio::test(start_paused = true)]
async fn r18_a_cut_attempt_counts_though_a_later_provider_fails_by_itself() {
    // a is cut, and b then has nothing left.
    let error = with_time(60, &Script::of([hang()]), &Script::of([fail(Verdict::Retry)])).await;
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(trail(&error), ["a 1 timed out after 60ms", "b skipped: NoTime"]);
}

#[tokio::test(start_paused = true)]
async fn r18_a_failure_within_what_the_outer_plan_leaves_is_exhausted() {
    let failing = || Script::of([fail(Verdict::Retry).after(10)]);
    assert_eq!(with_time(150, &failing(), &failing()).await.kind(), ErrorKind::Exhausted);
}

#[tokio::test(start_paused = true)]
async fn r18_a_provider_that_nothing_is_left_for_is_skipped_with_no_time() {
    #[fallback(deadline = "200ms", timeout = "100ms")]
    async fn plan(b: &Script) -> Answer {
        #[primary("a")]
        {
            // As if the machine had been busy with something else for so long.
            advance(ms(200)).await;
            Err(Scripted { verdict: Verdict::Retry, call: 1 })
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let b = Script::of([ok()]);
    let error = run(plan(&b)).await.expect_err("the time is gone");
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(trail(&error)[1..], [format!("b skipped: {:?}", Skip::NoTime)]);
    assert_eq!(b.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn r18_a_single_millisecond_is_time_enough_for_an_attempt() {
    let b = Script::of([ok()]);
    assert_eq!(with_time(1, &Script::of([hang()]), &b).await.kind(), ErrorKind::Deadline);
    assert_eq!(b.calls(), 0);

    let error = with_time(1, &Script::of([fail(Verdict::Retry)]), &Script::of([hang()])).await;
    assert_eq!(trail(&error), ["a 1 failed: Retry", "b 1 timed out after 1ms"]);
}

#[tokio::test(start_paused = true)]
async fn r18_a_wait_that_the_deadline_forbids_is_deadline() {
    #[action(deadline = "500ms", timeout = "100ms", retries = 1, backoff(base = "600ms", jitter = "none"))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let error = run(plan(&Script::of([fail(Verdict::Retry)]))).await.expect_err("it never works");
    assert_eq!(error.kind(), ErrorKind::Deadline);
}

#[tokio::test(start_paused = true)]
async fn r18_a_retry_refused_for_the_sake_of_others_cuts_nothing() {
    #[fallback(deadline = "300ms", timeout = "100ms")]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 5, backoff(base = "50ms", factor = 1, jitter = "none"))]
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
    assert_eq!((a.calls(), b.calls(), start.elapsed()), (1, 1, ms(200)));
    assert_eq!(error.kind(), ErrorKind::Exhausted);
}

#[tokio::test(start_paused = true)]
async fn r18_ambiguous_beats_deadline_and_exhausted() {
    #[fallback(tag = "once", timeout = "100ms", at_most_once, classify(Scripted::verdict))]
    async fn once(a: &Script, b: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }
    #[action(tag = "bounds-once", timeout = "150ms")]
    async fn bounds(a: &Script, b: &Script) -> ductape::Result<(), InnerError> {
        once(a, b).await.map(drop)
    }

    // The second attempt is cut by what the outer plan leaves, and nobody knows what became of it.
    let (a, b) = (Script::of([fail(Verdict::Retry).after(80)]), Script::of([hang()]));
    let error = run(bounds(&a, &b)).await.expect_err("b hangs");
    let inner = error.last().expect("the inner plan's answer comes in time");
    assert_eq!(inner.kind(), ErrorKind::Ambiguous);
    assert_eq!(trail(inner), ["a 1 failed: Retry", "b 1 timed out after 70ms"]);

    let error = run(once(&a, &Script::of([fail(Verdict::Ambiguous)]))).await.expect_err("b is ambiguous");
    assert_eq!(error.kind(), ErrorKind::Ambiguous);
}
