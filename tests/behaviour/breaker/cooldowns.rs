//! R61: how long it stays open.

use std::time::Duration;

use ductape::{ErrorKind, Verdict, action, fallback};
use tokio::time::{advance, sleep};

use super::{share, small, went};
use crate::support::{Answer, Script, fail, ms, ok, seeded, trail};

#[tokio::test(start_paused = true)]
async fn r61_it_is_open_for_the_cooldown_to_the_millisecond() {
    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry), fail(Verdict::Retry), ok()]));
    assert_eq!(went(&runtime, 3, async || small(&a).await).await, "xx-");
    sleep(ms(9_999)).await;
    assert_eq!(went(&runtime, 1, async || small(&a).await).await, "-");
    sleep(ms(1)).await;
    assert_eq!(went(&runtime, 1, async || small(&a).await).await, ".");
    assert_eq!(a.times(), [0, 0, 10_000]);
}

#[tokio::test(start_paused = true)]
async fn r61_the_cooldown_begins_with_the_failure_that_opens_it() {
    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry).after(500)]));
    assert_eq!(went(&runtime, 2, async || small(&a).await).await, "xx");
    sleep(ms(9_999)).await;
    assert_eq!(went(&runtime, 1, async || small(&a).await).await, "-");
    sleep(ms(1)).await;
    assert_eq!(went(&runtime, 1, async || small(&a).await).await, "x");
    assert_eq!(a.times(), [0, 500, 11_000]);
}

#[tokio::test(start_paused = true)]
async fn r61_skips_name_the_time_left() {
    #[fallback(breaker(failures = 1, cooldown = "10s"))]
    async fn two(a: &Script, b: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b", breaker(failures = 1, cooldown = "2s"))]
        {
            b.call().await
        }
    }

    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Retry)]), Script::of([fail(Verdict::Retry)]));
    runtime.scope(two(&a, &b)).await.expect_err("both fail");
    let error = runtime.scope(two(&a, &b)).await.expect_err("both are refused");
    assert_eq!(trail(&error), ["a skipped: BreakerOpen { retry_in: 10s }", "b skipped: BreakerOpen { retry_in: 2s }"]);
    assert_eq!((error.kind(), error.retry_in()), (ErrorKind::Exhausted, Some(ms(2_000))));

    sleep(ms(1_250)).await;
    let error = runtime.scope(two(&a, &b)).await.expect_err("both are refused");
    let left = ["a skipped: BreakerOpen { retry_in: 8.75s }", "b skipped: BreakerOpen { retry_in: 750ms }"];
    assert_eq!((trail(&error), error.retry_in()), (left.map(str::to_owned).to_vec(), Some(ms(750))));
    assert!(error.to_string().contains("8.75s") && error.to_string().contains("750ms"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn r61_after_the_time_that_a_skip_named_the_provider_is_called() {
    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    let mut called = 2;
    assert_eq!(went(&runtime, 2, async || small(&a).await).await, "xx");
    for _ in 0..8 {
        let error = runtime.scope(small(&a)).await.expect_err("it is open");
        assert_eq!(a.calls(), called);
        sleep(error.retry_in().expect("the only refusal names a time")).await;
        runtime.scope(small(&a)).await.expect_err("the probe fails");
        called += 1;
        assert_eq!(a.calls(), called);
    }
}

/// The times for which it is open, each ended by a probe that fails.
async fn cooldowns(times: usize, run: impl AsyncFn() -> Answer) -> Vec<Duration> {
    let mut cooldowns = Vec::new();
    for _ in 0..times {
        let error = run().await.expect_err("it is open");
        let left = error.retry_in().expect("the only refusal names a time");
        cooldowns.push(left);
        sleep(left).await;
        run().await.expect_err("the probe fails");
    }
    cooldowns
}

#[tokio::test(start_paused = true)]
async fn r61_each_reopening_doubles_the_cooldown_up_to_ten_times() {
    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    went(&runtime, 2, async || small(&a).await).await;
    let seconds = [10, 20, 40, 80, 100, 100, 100].map(Duration::from_secs);
    assert_eq!(runtime.scope(cooldowns(7, async || small(&a).await)).await, seconds);

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    went(&runtime, 4, async || share(&a).await).await;
    assert_eq!(runtime.scope(cooldowns(7, async || share(&a).await)).await, seconds, "in the second form too");
}

#[tokio::test(start_paused = true)]
async fn r61_no_doubling_exceeds_five_minutes() {
    #[action(app = "a", breaker(failures = 1, cooldown = "60s"))]
    async fn minute(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    went(&runtime, 1, async || minute(&a).await).await;
    let seconds = [60, 120, 240, 300, 300].map(Duration::from_secs);
    assert_eq!(runtime.scope(cooldowns(5, async || minute(&a).await)).await, seconds);
}

#[tokio::test(start_paused = true)]
async fn r61_a_cooldown_of_more_than_five_minutes_is_not_cut() {
    #[action(app = "a", breaker(failures = 1, cooldown = "7m"))]
    async fn long(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    went(&runtime, 1, async || long(&a).await).await;
    assert_eq!(runtime.scope(cooldowns(3, async || long(&a).await)).await, [Duration::from_secs(7 * 60); 3]);
}

#[tokio::test(start_paused = true)]
async fn r61_a_close_takes_the_doubling_back() {
    let bad = fail(Verdict::Retry);
    let (runtime, a) = (seeded(), Script::of([bad, bad, bad, bad, ok(), bad]));
    went(&runtime, 2, async || small(&a).await).await;
    let before = runtime.scope(cooldowns(2, async || small(&a).await)).await;
    sleep(ms(40_000)).await;
    assert_eq!(went(&runtime, 4, async || small(&a).await).await, ".xx-");
    let afterwards = runtime.scope(cooldowns(3, async || small(&a).await)).await;
    assert_eq!((before, afterwards), (vec![ms(10_000), ms(20_000)], vec![ms(10_000), ms(20_000), ms(40_000)]));
}

#[tokio::test(start_paused = true)]
async fn r61_good_probes_that_do_not_close_it_take_no_doubling_back() {
    let bad = fail(Verdict::Retry);
    let (runtime, a) = (seeded(), Script::of([bad, bad, bad, bad, ok(), bad]));
    assert_eq!(went(&runtime, 5, async || share(&a).await).await, "xxxx-");
    sleep(ms(10_000)).await;
    assert_eq!(went(&runtime, 2, async || share(&a).await).await, ".x", "one good probe of two");
    let error = runtime.scope(share(&a)).await.expect_err("it is open again");
    assert_eq!(error.retry_in(), Some(ms(20_000)));
}

#[tokio::test(start_paused = true)]
async fn r61_time_without_calls_takes_no_doubling_back() {
    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    went(&runtime, 2, async || small(&a).await).await;
    sleep(ms(60 * 60 * 1_000)).await;
    assert_eq!(went(&runtime, 1, async || small(&a).await).await, "x");
    let error = runtime.scope(small(&a)).await.expect_err("it is open again");
    assert_eq!(error.retry_in(), Some(ms(20_000)));
}

#[tokio::test(start_paused = true)]
async fn r61_cooldowns_shorter_than_any_tick_are_kept() {
    #[action(app = "a", breaker(failures = 1, cooldown = "1500us"))]
    async fn short(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry), ok()]));
    assert_eq!(went(&runtime, 2, async || short(&a).await).await, "x-");
    advance(Duration::from_micros(1_499)).await;
    let error = runtime.scope(short(&a)).await.expect_err("it is open");
    assert_eq!(error.retry_in(), Some(Duration::from_micros(1)));
    advance(Duration::from_micros(1)).await;
    runtime.scope(short(&a)).await.expect("the cooldown is over");
}
