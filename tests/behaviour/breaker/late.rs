//! R64: what was admitted in an earlier state decides nothing.

use std::pin::pin;

use ductape::{Verdict, action};
use tokio::time::sleep;

use super::{share, went};
use crate::support::{Answer, Script, Scripted, begin, fail, ms, ok, seeded};

/// Two failures open it for ten seconds, two good probes close it, and attempts may be slow.
#[action(
    tag = "breaker-patient",
    app = "a",
    classify(Scripted::verdict),
    timeout = "1h",
    breaker(failures = 2, cooldown = "10s", probes = 2)
)]
async fn patient(a: &Script) -> Answer {
    a.call().await
}

#[tokio::test(start_paused = true)]
async fn r64_a_slow_success_that_was_admitted_before_the_trip_leaves_it_open() {
    let (runtime, slow, a) = (seeded(), Script::of([ok().after(5_000)]), Script::of([fail(Verdict::Retry)]));
    let mut early = pin!(runtime.scope(patient(&slow)));
    begin(early.as_mut()).await;
    assert_eq!(went(&runtime, 3, async || patient(&a).await).await, "xx-");

    early.await.expect("the slow one succeeds");
    let error = runtime.scope(patient(&a)).await.expect_err("it is as open as before");
    assert_eq!(error.retry_in(), Some(ms(5_000)));
    assert_eq!(a.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn r64_late_failures_neither_reopen_nor_lengthen_it() {
    let (runtime, slow) = (seeded(), Script::of([fail(Verdict::Retry).after(5_000)]));
    let a = Script::of([fail(Verdict::Retry), fail(Verdict::Retry), ok()]);
    let (mut one, mut two) = (pin!(runtime.scope(patient(&slow))), pin!(runtime.scope(patient(&slow))));
    begin(one.as_mut()).await;
    begin(two.as_mut()).await;
    assert_eq!(went(&runtime, 3, async || patient(&a).await).await, "xx-");

    one.await.expect_err("the slow ones fail");
    two.await.expect_err("the slow ones fail");
    let error = runtime.scope(patient(&a)).await.expect_err("it is as open as before");
    assert_eq!(error.retry_in(), Some(ms(5_000)));
    sleep(ms(5_000)).await;
    assert_eq!(went(&runtime, 2, async || patient(&a).await).await, "..");
}

#[tokio::test(start_paused = true)]
async fn r64_late_successes_do_not_close_it_while_it_is_half_open() {
    let (runtime, slow) = (seeded(), Script::of([ok().after(12_000)]));
    let a = Script::of([fail(Verdict::Retry), fail(Verdict::Retry), ok(), fail(Verdict::Retry)]);
    let (mut one, mut two) = (pin!(runtime.scope(patient(&slow))), pin!(runtime.scope(patient(&slow))));
    begin(one.as_mut()).await;
    begin(two.as_mut()).await;
    went(&runtime, 2, async || patient(&a).await).await;
    sleep(ms(10_000)).await;
    assert_eq!(went(&runtime, 1, async || patient(&a).await).await, ".", "the first good probe of two");

    one.await.expect("the slow ones succeed");
    two.await.expect("the slow ones succeed");
    assert_eq!(went(&runtime, 2, async || patient(&a).await).await, "x-", "it was still half-open");
}

#[tokio::test(start_paused = true)]
async fn r64_a_late_failure_does_not_reopen_it_while_it_is_half_open() {
    let (runtime, slow) = (seeded(), Script::of([fail(Verdict::Retry).after(12_000)]));
    let a = Script::of([fail(Verdict::Retry), fail(Verdict::Retry), ok(), ok(), fail(Verdict::Retry), ok()]);
    let mut early = pin!(runtime.scope(patient(&slow)));
    begin(early.as_mut()).await;
    went(&runtime, 2, async || patient(&a).await).await;
    sleep(ms(10_000)).await;
    assert_eq!(went(&runtime, 1, async || patient(&a).await).await, ".");

    early.await.expect_err("the slow one fails");
    assert_eq!(went(&runtime, 3, async || patient(&a).await).await, ".x.", "two good probes closed it");
}

#[tokio::test(start_paused = true)]
async fn r64_what_was_admitted_before_the_trip_says_nothing_after_the_close() {
    let bad = fail(Verdict::Retry);
    let late = [bad.after(12_000), bad.after(12_000), ok().after(12_000)];
    let (runtime, slow, a) = (seeded(), Script::of(late), Script::of([bad, bad, ok(), ok(), bad, ok(), bad, bad]));
    let [mut one, mut two, mut good] = [(); 3].map(|()| Box::pin(runtime.scope(patient(&slow))));
    begin(one.as_mut()).await;
    begin(two.as_mut()).await;
    begin(good.as_mut()).await;
    went(&runtime, 2, async || patient(&a).await).await;
    sleep(ms(10_000)).await;
    assert_eq!(went(&runtime, 2, async || patient(&a).await).await, "..", "closed");

    one.await.expect_err("a slow failure");
    two.await.expect_err("another");
    assert_eq!(went(&runtime, 3, async || patient(&a).await).await, "x.x", "neither counts");
    good.await.expect("the slow success");
    assert_eq!(went(&runtime, 2, async || patient(&a).await).await, "x-", "nor does it begin the row anew");
}

#[tokio::test(start_paused = true)]
async fn r64_a_probe_of_an_earlier_half_open_time_says_nothing_in_a_later_one() {
    let bad = fail(Verdict::Retry);
    for (late, well) in [(ok(), true), (bad, false)] {
        let a = Script::of([bad, bad, bad, ok(), ok(), bad, ok()]);
        let (runtime, slow) = (seeded(), Script::of([late.after(25_000)]));
        went(&runtime, 2, async || patient(&a).await).await;
        sleep(ms(10_000)).await;
        let mut early = pin!(runtime.scope(patient(&slow)));
        begin(early.as_mut()).await;
        assert_eq!(went(&runtime, 2, async || patient(&a).await).await, "x-", "reopened, by the other probe");

        sleep(ms(20_000)).await;
        assert_eq!(went(&runtime, 1, async || patient(&a).await).await, ".", "the first good probe of two");
        assert_eq!(early.await.is_ok(), well);
        assert_eq!(went(&runtime, 3, async || patient(&a).await).await, ".x.", "it took one more to close it");
    }
}

/// The place of the earlier probe is not one of the new ones either, and comes back only once.
#[tokio::test(start_paused = true)]
async fn r64_a_probe_of_an_earlier_half_open_time_takes_no_place_in_a_later_one() {
    let bad = fail(Verdict::Retry);
    let (runtime, slow) = (seeded(), Script::of([ok().after(100_000)]));
    let a = Script::of([bad, bad, bad]);
    went(&runtime, 2, async || patient(&a).await).await;
    sleep(ms(10_000)).await;
    let mut early = Box::pin(runtime.scope(patient(&slow)));
    begin(early.as_mut()).await;
    went(&runtime, 1, async || patient(&a).await).await;
    sleep(ms(20_000)).await;

    let [mut one, mut two] = [(); 2].map(|()| Box::pin(runtime.scope(patient(&slow))));
    begin(one.as_mut()).await;
    begin(two.as_mut()).await;
    assert_eq!(went(&runtime, 1, async || patient(&slow).await).await, "-");
    drop(early);
    assert_eq!(went(&runtime, 1, async || patient(&slow).await).await, "-", "both places are still taken");
    drop(one);
    let mut three = pin!(runtime.scope(patient(&slow)));
    begin(three.as_mut()).await;
    assert_eq!(went(&runtime, 1, async || patient(&slow).await).await, "-");
}

#[tokio::test(start_paused = true)]
async fn r64_holds_in_the_second_form_too() {
    let (runtime, slow) = (seeded(), Script::of([ok().after(150)]));
    let a = Script::of([fail(Verdict::Retry), fail(Verdict::Retry), fail(Verdict::Retry), fail(Verdict::Retry), ok()]);
    let many = std::iter::repeat_with(|| Box::pin(runtime.scope(share(&slow)))).take(20);
    let mut early: Vec<_> = many.collect();
    for run in &mut early {
        begin(run.as_mut()).await;
    }
    assert_eq!(went(&runtime, 5, async || share(&a).await).await, "xxxx-");
    for run in early {
        run.await.expect("the slow ones succeed");
    }
    let error = runtime.scope(share(&a)).await.expect_err("it is as open as before");
    assert_eq!(error.retry_in(), Some(ms(9_850)));
}
