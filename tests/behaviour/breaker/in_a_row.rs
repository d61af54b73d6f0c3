//! R60, form 1: failures in a row.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::task::Poll;

use ductape::{Verdict, action};
use tokio::time::sleep;

use super::{small, went};
use crate::support::{Answer, Script, Scripted, Step, fail, hang, ms, ok, panics, poll_once, seeded};

#[tokio::test(start_paused = true)]
async fn r60_failures_in_a_row_open_it_and_not_one_less() {
    #[action(app = "a", breaker(failures = 3, cooldown = "10s"))]
    async fn three(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    assert_eq!(went(&runtime, 6, async || three(&a).await).await, "xxx---");
    assert_eq!(a.calls(), 3, "a provider with an open breaker is not called");
}

#[tokio::test(start_paused = true)]
async fn r60_a_success_begins_the_row_anew() {
    let bad = fail(Verdict::Retry);
    let (runtime, a) = (seeded(), Script::of([bad, ok(), bad, ok(), bad, bad]));
    assert_eq!(went(&runtime, 8, async || small(&a).await).await, "x.x.xx--");
}

#[tokio::test(start_paused = true)]
async fn r60_a_row_has_no_end_of_its_own() {
    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    assert_eq!(went(&runtime, 1, async || small(&a).await).await, "x");
    sleep(ms(24 * 60 * 60 * 1_000)).await;
    assert_eq!(went(&runtime, 2, async || small(&a).await).await, "x-");
}

#[tokio::test(start_paused = true)]
async fn r60_one_failure_can_be_enough() {
    #[action(app = "a", breaker(failures = 1))]
    async fn strict(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    assert_eq!(went(&runtime, 3, async || strict(&a).await).await, "x--");
}

#[tokio::test(start_paused = true)]
async fn r60_a_bare_breaker_opens_after_five_failures_for_a_minute_and_closes_after_one_probe() {
    #[action(app = "a", breaker)]
    async fn bare(a: &Script) -> Answer {
        a.call().await
    }

    let bad = fail(Verdict::Retry);
    let (runtime, a) = (seeded(), Script::of([bad, bad, bad, bad, ok(), bad, bad, bad, bad, bad, ok(), bad, ok()]));
    assert_eq!(went(&runtime, 12, async || bare(&a).await).await, "xxxx.xxxxx--");
    sleep(ms(59_999)).await;
    assert_eq!(went(&runtime, 1, async || bare(&a).await).await, "-");
    sleep(ms(1)).await;
    assert_eq!(went(&runtime, 3, async || bare(&a).await).await, ".x.");
}

#[tokio::test(start_paused = true)]
async fn r60_what_a_breaker_leaves_out_is_as_in_the_bare_form() {
    #[action(app = "a", breaker(cooldown = "10s"))]
    async fn of_five(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    assert_eq!(went(&runtime, 6, async || of_five(&a).await).await, "xxxxx-");
    sleep(ms(10_000)).await;
    assert_eq!(went(&runtime, 2, async || of_five(&a).await).await, "x-");
}

#[tokio::test(start_paused = true)]
async fn r60_every_failing_verdict_and_a_timeout_are_failures() {
    let verdicts = [Verdict::Retry, Verdict::RetryAfter(ms(5)), Verdict::Failover, Verdict::Ambiguous];
    let failures: Vec<Step> = verdicts.into_iter().map(fail).chain([hang()]).collect();
    for failure in failures {
        let (runtime, a) = (seeded(), Script::of([failure]));
        assert_eq!(went(&runtime, 3, async || small(&a).await).await, "xx-", "of {failure:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r60_what_is_ambiguous_in_an_at_most_once_plan_is_a_failure_too() {
    #[action(
        app = "a",
        at_most_once,
        classify(Scripted::verdict),
        timeout = "1s",
        breaker(failures = 2, cooldown = "10s")
    )]
    async fn once(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Ambiguous), hang()]));
    assert_eq!(went(&runtime, 3, async || once(&a).await).await, "xx-");
}

#[test]
fn r60_a_panic_is_a_failure() {
    let runtime = seeded();
    let a = Script::of([panics(), panics(), ok()]);
    for _ in 0..2 {
        let run = AssertUnwindSafe(|| poll_once(pin!(runtime.scope(small(&a)))).is_ready());
        std::panic::catch_unwind(run).expect_err("the panic reaches the caller");
    }
    let Poll::Ready(answer) = poll_once(pin!(runtime.scope(small(&a)))) else { panic!("it waits for nothing") };
    assert_eq!((super::mark(&answer), a.calls()), ('-', 2));
}

#[tokio::test(start_paused = true)]
async fn r22_abort_counts_as_a_success() {
    // It begins the row anew: the provider has answered.
    let bad = fail(Verdict::Retry);
    let (runtime, a) = (seeded(), Script::of([bad, fail(Verdict::Abort), bad, fail(Verdict::Abort), bad, bad]));
    assert_eq!(went(&runtime, 7, async || small(&a).await).await, "xxxxxx-");
    assert_eq!(a.calls(), 6);

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Abort)]));
    assert_eq!(went(&runtime, 50, async || small(&a).await).await, "x".repeat(50));
}

#[tokio::test(start_paused = true)]
async fn r22_throttled_counts_as_nothing() {
    let throttled = fail(Verdict::Throttled(ms(1)));
    let (runtime, a) = (seeded(), Script::of([throttled]));
    for _ in 0..50 {
        assert_eq!(went(&runtime, 1, async || small(&a).await).await, "x");
        sleep(ms(1)).await;
    }
    assert_eq!(a.calls(), 50, "it is no failure");

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry), throttled, fail(Verdict::Retry)]));
    for expected in ["x", "x", "x", "-"] {
        assert_eq!(went(&runtime, 1, async || small(&a).await).await, expected);
        sleep(ms(1)).await;
    }
    assert_eq!(a.calls(), 3, "it does not begin the row anew");
}
