//! R80: a run can be dropped at any point, and leaves nothing behind.

use std::pin::pin;

use ductape::{Source, Verdict, attempt, fallback, quota, runtime};
use tokio::time::{Instant, timeout};

use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, poll_once, seeded};

/// With everything in it that a run can wait for: attempts, backoffs, questions, and the degrade block.
#[fallback(at_most_once, classify(Scripted::verdict), timeout = "20ms")]
async fn long(scripts: &[Script; 4]) -> Answer {
    let [a, asked, b, poor] = scripts;

    #[primary("a", retries = 1, backoff(base = "10ms", factor = 1, jitter = "none"))]
    {
        a.call().await
    }
    #[reconcile(after = "15ms")]
    {
        asked.call().await.map(|_| None)
    }
    #[fallback("b")]
    {
        b.call().await
    }
    #[degrade(timeout = "30ms")]
    {
        poor.call().await
    }
}

fn slow() -> [Script; 4] {
    let lost = fail(Verdict::Ambiguous).after(5);
    [
        Script::of([fail(Verdict::Retry).after(5), lost]),
        Script::of([fail(Verdict::Retry).after(5), ok().after(5)]),
        Script::of([fail(Verdict::Retry).after(5)]),
        Script::of([ok().after(5)]),
    ]
}

#[tokio::test(start_paused = true)]
async fn r80_a_run_can_be_dropped_at_every_point_and_the_next_one_is_as_good_as_ever() {
    let runtime = seeded();
    let start = Instant::now();
    let outcome = runtime.scope(long(&slow())).await.expect("the degrade block works");
    assert_eq!(outcome.source, Source::Degraded);
    // 5, 10 of backoff, 5, 15 until the question, 5, 10 of backoff, 5 for the next question, 5 for b, 5 degraded.
    assert_eq!(start.elapsed(), ms(65));
    let complete = slow_calls(&runtime).await;

    let mut cut = 0;
    for patience in 1..65 {
        let scripts = slow();
        timeout(ms(patience), runtime.scope(long(&scripts))).await.expect_err("it takes longer");
        assert_eq!(scripts.iter().map(Script::running).sum::<usize>(), 0, "after {patience} ms");
        cut += scripts.iter().map(Script::cut).sum::<usize>();
        assert!(attempt().is_none());
        assert_eq!(slow_calls(&runtime).await, complete, "after a run that was dropped after {patience} ms");
    }
    // Six calls of 5 ms, each dropped at each of its milliseconds; the first not at 0, where nothing was polled.
    assert_eq!(cut, 29);
}

async fn slow_calls(runtime: &ductape::Runtime) -> Vec<Vec<u64>> {
    let scripts = slow();
    runtime.scope(long(&scripts)).await.expect("the degrade block works");
    scripts.iter().map(Script::times).collect()
}

#[tokio::test(start_paused = true)]
async fn r80_a_run_that_is_dropped_before_its_first_poll_has_not_taken_place() {
    let runtime = seeded();
    let scripts = slow();
    let unpolled = runtime.scope(long(&scripts));
    drop(unpolled);
    drop(long(&scripts));
    assert!(scripts.iter().all(|script| script.calls() == 0));
    runtime.scope(long(&scripts)).await.expect("the degrade block works");
}

#[tokio::test(start_paused = true)]
async fn r80_runs_that_were_never_polled_took_no_place_in_the_order_of_a_quota() {
    #[quota(total = 10)]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[provider("a", weight = 7)]
        {
            a.call().await
        }
        #[provider("b", weight = 3)]
        {
            b.call().await
        }
    }

    let (a, b) = (Script::of([ok()]), Script::of([ok()]));
    let runtime = seeded();
    for _ in 0..100 {
        let abandoned = runtime.scope(plan(&a, &b));
        runtime.scope(plan(&a, &b)).await.expect("both work");
        drop(abandoned);
    }
    assert_eq!((a.calls(), b.calls()), (70, 30));
}

#[tokio::test(start_paused = true)]
async fn r80_dropping_ends_the_block_at_once_and_outside_of_any_attempt() {
    #[fallback]
    async fn plan(a: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            Ok(0)
        }
    }

    let a = Script::of([hang(), ok()]);
    let runtime = seeded();
    {
        let mut hanging = pin!(runtime.scope(plan(&a)));
        assert!(poll_once(hanging.as_mut()).is_pending());
        assert!(attempt().is_none(), "an attempt is the block's alone, also while it waits");
        assert_eq!((a.running(), a.cut()), (1, 0));
    }
    assert_eq!((a.running(), a.cut()), (0, 1));
    assert!(attempt().is_none());
    assert_eq!(runtime.scope(plan(&a)).await.expect("a works now").provider, "a");
}

#[tokio::test(start_paused = true)]
async fn r80_dropping_an_outer_run_drops_the_inner_one_with_it() {
    #[fallback(tag = "inner")]
    async fn inner(a: &Script) -> Answer {
        #[primary("a", retries = 5)]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            Ok(0)
        }
    }
    #[fallback(tag = "outer")]
    async fn outer(a: &Script) -> ductape::Result<usize, ductape::Error<Scripted>> {
        #[primary("one")]
        {
            Ok(inner(a).await?.into_inner())
        }
        #[fallback("two")]
        {
            Ok(0)
        }
    }

    let a = Script::of([hang(), ok()]);
    let runtime = seeded();
    timeout(ms(500), runtime.scope(outer(&a))).await.expect_err("it takes longer");
    assert_eq!((a.calls(), a.running(), a.cut()), (1, 0, 1));
    assert!(attempt().is_none());
    assert_eq!(runtime.scope(outer(&a)).await.expect("it works now"), 2);
}

#[tokio::test(start_paused = true)]
async fn r80_a_scope_that_is_dropped_half_way_is_left() {
    let mine = seeded();
    let before = runtime().env().to_owned();
    let other = ductape::Runtime::builder().env("elsewhere").build().expect("nothing is bound");
    {
        let mut waiting = pin!(other.scope(std::future::pending::<()>()));
        assert!(poll_once(waiting.as_mut()).is_pending());
        assert_eq!(runtime().env(), before);
    }
    assert_eq!(runtime().env(), before);
    assert_eq!(mine.scope(async { runtime().env().to_owned() }).await, mine.env());
}
