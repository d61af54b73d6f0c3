//! R65: attempts that their callers dropped.

use std::sync::Arc;

use ductape::{Runtime, Verdict, action};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{share, small, went};
use crate::support::{Answer, Script, fail, hang, ms, ok, seeded};

/// Makes a run that is dropped after so many milliseconds.
async fn dropped(runtime: &Runtime, patience: u64, run: impl Future<Output = Answer>) {
    timeout(ms(patience), runtime.scope(run)).await.expect_err("the caller is less patient");
}

#[tokio::test(start_paused = true)]
async fn r65_in_the_first_form_it_counts_as_nothing() {
    let (runtime, hanging, a) = (seeded(), Script::of([hang()]), Script::of([fail(Verdict::Retry)]));
    for _ in 0..50 {
        dropped(&runtime, 999, small(&hanging)).await;
    }
    assert_eq!(hanging.calls(), 50, "it is no failure");

    assert_eq!(went(&runtime, 1, async || small(&a).await).await, "x");
    dropped(&runtime, 999, small(&hanging)).await;
    assert_eq!(went(&runtime, 2, async || small(&a).await).await, "x-", "nor does it begin the row anew");
}

#[tokio::test(start_paused = true)]
async fn r65_in_the_second_form_it_is_a_failure_once_it_ran_longer_than_slow_call() {
    let (runtime, a) = (seeded(), Script::of([hang()]));
    for _ in 0..4 {
        dropped(&runtime, 201, share(&a)).await;
    }
    assert_eq!(went(&runtime, 1, async || share(&a).await).await, "-");
    assert_eq!(a.calls(), 4);
}

#[tokio::test(start_paused = true)]
async fn r65_before_that_it_is_nothing_in_the_second_form_too() {
    for patience in [1, 100, 200] {
        let (runtime, a) = (seeded(), Script::of([hang()]));
        for _ in 0..20 {
            dropped(&runtime, patience, share(&a)).await;
        }
        assert_eq!(a.calls(), 20, "after {patience} ms");
    }

    // Not a success either: three failures and as many calls that were dropped are three outcomes, all bad.
    let (runtime, hanging, a) = (seeded(), Script::of([hang()]), Script::of([fail(Verdict::Retry)]));
    assert_eq!(went(&runtime, 3, async || share(&a).await).await, "xxx");
    for _ in 0..3 {
        dropped(&runtime, 100, share(&hanging)).await;
    }
    assert_eq!(went(&runtime, 2, async || share(&a).await).await, "x-");
    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry), fail(Verdict::Retry), ok()]));
    assert_eq!(went(&runtime, 2, async || share(&a).await).await, "xx");
    for _ in 0..6 {
        dropped(&runtime, 100, share(&hanging)).await;
    }
    assert_eq!(went(&runtime, 3, async || share(&a).await).await, "..-", "two of four");
}

#[tokio::test(start_paused = true)]
async fn r65_where_slow_call_is_not_given_half_of_the_timeout_stands_for_it() {
    #[action(app = "a", timeout = "1s", breaker(failure_rate = "50%", window = "1m", min_calls = 3, cooldown = "10s"))]
    async fn untimed(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([hang()]));
    for _ in 0..20 {
        dropped(&runtime, 500, untimed(&a)).await;
    }
    assert_eq!(a.calls(), 20, "half of the timeout is not more than half of it");
    for _ in 0..3 {
        dropped(&runtime, 501, untimed(&a)).await;
    }
    assert_eq!(went(&runtime, 1, async || untimed(&a).await).await, "-");
    assert_eq!(a.calls(), 23);
}

#[tokio::test(start_paused = true)]
async fn r65_a_provider_that_only_ever_hangs_opens_though_no_caller_waits_for_its_timeout() {
    #[action(app = "a", breaker(failure_rate = "50%"))]
    async fn plain(a: &Script) -> Answer {
        a.call().await
    }

    // Its timeout is 10 s, and it takes 20 calls within 30 s to judge it.
    let (runtime, a) = (seeded(), Arc::new(Script::of([hang()])));
    let mut callers = JoinSet::new();
    for _ in 0..20 {
        let a = Arc::clone(&a);
        callers.spawn(runtime.scope(async move { timeout(ms(5_001), plain(&a)).await.is_err() }));
    }
    assert_eq!(callers.join_all().await, [true; 20], "nobody gets an answer");
    assert_eq!(went(&runtime, 1, async || plain(&a).await).await, "-");
}

#[tokio::test(start_paused = true)]
async fn r65_an_attempt_that_is_cut_by_the_runs_deadline_was_not_dropped_by_its_caller() {
    #[action(app = "a", deadline = "1s", timeout = "1s", breaker(failures = 2, cooldown = "10s"))]
    async fn bounded(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([hang()]));
    assert_eq!(went(&runtime, 3, async || bounded(&a).await).await, "xx-");
}
