//! R63: nothing keeps it half-open for good.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;

use ductape::{Runtime, Verdict};
use tokio::time::{sleep, timeout};

use super::{share, small, went};
use crate::support::{Script, Step, begin, fail, hang, ms, ok, panics, poll_once, seeded};

/// A runtime in which the cooldown of [`small`] is just over, and a provider that now does this.
async fn half_open(steps: impl IntoIterator<Item = Step>) -> (Runtime, Script) {
    let bad = fail(Verdict::Retry);
    let (runtime, a) = (seeded(), Script::of([bad, bad].into_iter().chain(steps)));
    assert_eq!(went(&runtime, 3, async || small(&a).await).await, "xx-");
    sleep(ms(10_000)).await;
    (runtime, a)
}

/// The same for [`share`].
async fn half_open_share(steps: impl IntoIterator<Item = Step>) -> (Runtime, Script) {
    let bad = fail(Verdict::Retry);
    let (runtime, a) = (seeded(), Script::of([bad, bad, bad, bad].into_iter().chain(steps)));
    assert_eq!(went(&runtime, 5, async || share(&a).await).await, "xxxx-");
    sleep(ms(10_000)).await;
    (runtime, a)
}

#[tokio::test(start_paused = true)]
async fn r63_after_ten_probes_that_were_dropped_in_mid_flight_the_next_caller_probes() {
    let (runtime, a) = half_open([ok().after(500)]).await;
    for dropped in 1..=10 {
        timeout(ms(50 * dropped - 1), runtime.scope(small(&a))).await.expect_err("a probe takes longer");
    }
    assert_eq!((a.calls(), a.cut()), (12, 10));
    assert_eq!(went(&runtime, 1, async || small(&a).await).await, ".");
    assert_eq!(a.calls(), 13);
}

#[tokio::test(start_paused = true)]
async fn r63_a_dropped_probe_counts_as_nothing() {
    // As a success it would close the breaker; as a failure it would open it.
    let (runtime, a) = half_open([ok().after(500), fail(Verdict::Retry)]).await;
    timeout(ms(499), runtime.scope(small(&a))).await.expect_err("a probe takes longer");
    assert_eq!(went(&runtime, 2, async || small(&a).await).await, "x-", "one failure is enough while it is half-open");

    // Nor does it end a row of successes.
    let (runtime, a) = half_open_share([ok(), ok().after(500), ok(), fail(Verdict::Retry), ok()]).await;
    assert_eq!(went(&runtime, 1, async || share(&a).await).await, ".");
    timeout(ms(50), runtime.scope(share(&a))).await.expect_err("a probe takes longer");
    assert_eq!(went(&runtime, 3, async || share(&a).await).await, ".x.", "closed: one failure does not open it");
}

#[tokio::test(start_paused = true)]
async fn r63_the_place_of_a_dropped_probe_is_free_at_once() {
    let (runtime, a) = half_open([hang(), ok()]).await;
    {
        let mut probe = pin!(runtime.scope(small(&a)));
        begin(probe.as_mut()).await;
        assert_eq!(went(&runtime, 1, async || small(&a).await).await, "-", "the only place is taken");
    }
    assert_eq!(went(&runtime, 1, async || small(&a).await).await, ".");
}

#[tokio::test(start_paused = true)]
async fn r63_a_probe_that_is_dropped_before_its_first_poll_never_had_a_place() {
    let (runtime, a) = half_open([ok()]).await;
    let unpolled = [runtime.scope(small(&a)), runtime.scope(small(&a))];
    assert_eq!(went(&runtime, 1, async || small(&a).await).await, ".");
    drop(unpolled);
    assert_eq!((went(&runtime, 1, async || small(&a).await).await.as_str(), a.calls()), (".", 4));
}

#[tokio::test(start_paused = true)]
async fn r63_abort_is_a_good_probe() {
    let (runtime, a) = half_open([fail(Verdict::Abort), fail(Verdict::Retry), ok()]).await;
    assert_eq!(went(&runtime, 3, async || small(&a).await).await, "xx.", "closed: one failure does not open it");

    let bad = fail(Verdict::Retry);
    let (runtime, a) = half_open_share([fail(Verdict::Abort), ok(), bad, bad, bad, ok()]).await;
    assert_eq!(went(&runtime, 5, async || share(&a).await).await, "x.xxx");
}

#[tokio::test(start_paused = true)]
async fn r63_a_throttled_probe_is_neither_good_nor_bad() {
    let throttled = fail(Verdict::Throttled(ms(1)));
    let (runtime, a) = half_open([throttled, throttled, throttled, fail(Verdict::Retry)]).await;
    for _ in 0..4 {
        assert_eq!(went(&runtime, 1, async || small(&a).await).await, "x");
        sleep(ms(1)).await;
    }
    assert_eq!(a.calls(), 6);
    let error = runtime.scope(small(&a)).await.expect_err("the last probe was bad");
    assert_eq!(error.retry_in(), Some(ms(19_999)), "and only that one reopened it");
}

#[tokio::test(start_paused = true)]
async fn r63_a_probe_that_panics_reopens_it() {
    let (runtime, a) = half_open([panics(), ok()]).await;
    let runtime = Arc::new(runtime);
    let run = AssertUnwindSafe(|| poll_once(pin!(runtime.scope(small(&a)))).is_ready());
    std::panic::catch_unwind(run).expect_err("the panic reaches the caller");
    let error = runtime.scope(small(&a)).await.expect_err("it is open");
    assert_eq!(error.retry_in(), Some(ms(20_000)));
    sleep(ms(20_000)).await;
    assert_eq!(went(&runtime, 2, async || small(&a).await).await, "..");
}

#[tokio::test(start_paused = true)]
async fn r63_a_probe_that_hangs_reopens_it_at_its_timeout() {
    let (runtime, a) = half_open([hang(), ok()]).await;
    assert_eq!(went(&runtime, 2, async || small(&a).await).await, "x-");
    sleep(ms(20_000)).await;
    assert_eq!(went(&runtime, 2, async || small(&a).await).await, "..");
    assert_eq!(a.times(), [0, 0, 10_000, 31_000, 31_000]);
}

/// As in a `select!` that has lost interest, but keeps the future.
#[tokio::test(start_paused = true)]
async fn r63_a_probe_that_nobody_polls_any_more_does_not_keep_its_place_for_ever() {
    let (runtime, a) = half_open([hang(), ok()]).await;
    let mut forgotten = pin!(runtime.scope(small(&a)));
    begin(forgotten.as_mut()).await;
    assert_eq!(went(&runtime, 1, async || small(&a).await).await, "-");
    sleep(ms(60_000)).await;
    assert_eq!(went(&runtime, 2, async || small(&a).await).await, "..");
}

#[tokio::test(start_paused = true)]
async fn r63_no_sequence_of_drops_panics_and_hangs_wedges_it() {
    let ends = [hang(), panics(), fail(Verdict::Throttled(ms(1))), fail(Verdict::Retry), ok()];
    // Every sequence of four of them, with a caller that has patience for some and not for others.
    for sequence in 0..5_usize.pow(4) {
        let steps: Vec<Step> = (0..4).map(|digit| ends[sequence / 5_usize.pow(digit) % 5].after(20)).collect();
        let (runtime, a) = half_open(steps.into_iter().chain([ok()])).await;
        let a = Arc::new(a);
        for patience in [10, 5_000, 30, 15] {
            let run = {
                let a = Arc::clone(&a);
                async move { timeout(ms(patience), small(&a)).await.is_ok() }
            };
            let _how_it_ended = tokio::spawn(runtime.scope(run)).await;
        }
        sleep(ms(100_000)).await;
        // Whatever is left of the script has its turn, and after it the provider is well.
        for _ in 0..4 {
            let a = Arc::clone(&a);
            let _how_it_ended = tokio::spawn(runtime.scope(async move { small(&a).await.is_ok() })).await;
            sleep(ms(100_000)).await;
        }
        assert_eq!(went(&runtime, 3, async || small(&a).await).await, "...", "after sequence {sequence}");
        assert_eq!(a.running(), 0);
    }
}
