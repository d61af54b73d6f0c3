//! R15 and R16: how long the waits between tries are, and that every run has its own.

use std::collections::HashSet;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use ductape::{Runtime, Verdict, action};

use crate::support::{Answer, Script, Scripted, fail, ms, ok, poll_once, run, seeded};

/// The waits between the calls of a provider that fails at once.
fn waits(script: &Script) -> Vec<u64> {
    script.times().windows(2).map(|pair| pair[1] - pair[0]).collect()
}

fn failing() -> Script {
    Script::of([fail(Verdict::Retry)])
}

#[tokio::test(start_paused = true)]
async fn r15_the_wait_grows_by_the_factor_up_to_max() {
    #[action(retries = 6, backoff(base = "100ms", factor = 3, max = "2s", jitter = "none"))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let a = failing();
    run(plan(&a)).await.expect_err("it never works");
    assert_eq!(waits(&a), [100, 300, 900, 2_000, 2_000, 2_000]);
}

#[tokio::test(start_paused = true)]
async fn r15_the_defaults_are_100_ms_doubling_up_to_10_s() {
    #[action(retries = 9, backoff(jitter = "none"))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let a = failing();
    run(plan(&a)).await.expect_err("it never works");
    assert_eq!(waits(&a), [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
}

#[tokio::test(start_paused = true)]
async fn r15_factor_one_is_constant() {
    #[action(retries = 5, backoff(base = "70ms", factor = 1, jitter = "none"))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let a = failing();
    run(plan(&a)).await.expect_err("it never works");
    assert_eq!(waits(&a), [70; 5]);
}

#[tokio::test(start_paused = true)]
async fn r15_the_wait_saturates_however_large_the_factor_and_the_try() {
    #[action(retries = 2_000, backoff(base = "24h", factor = 1_000, max = "24h", jitter = "none"))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let a = failing();
    run(plan(&a)).await.expect_err("it never works");
    assert_eq!(waits(&a), [24 * 60 * 60 * 1_000; 2_000]);
}

#[tokio::test(start_paused = true)]
async fn r15_full_jitter_draws_from_nothing_up_to_the_wait_and_never_beyond_max() {
    #[action(retries = 3, backoff(base = "100ms", factor = 2, max = "300ms", jitter = "full"))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let bounds = [100, 200, 300];
    let mut seen = [const { Vec::new() }; 3];
    let runtime = seeded();
    for _ in 0..500 {
        let a = failing();
        runtime.scope(plan(&a)).await.expect_err("it never works");
        for (n, wait) in waits(&a).into_iter().enumerate() {
            assert!(wait <= bounds[n], "wait {n} is {wait} ms");
            seen[n].push(wait);
        }
    }

    // Of 500 even draws some lie in the lowest and some in the highest twentieth, and half of them below the middle.
    for (bound, mut waits) in bounds.into_iter().zip(seen) {
        waits.sort_unstable();
        assert!(waits[0] <= bound / 20 && waits[499] > bound - bound / 20, "{} to {}", waits[0], waits[499]);
        let below = waits.partition_point(|wait| *wait <= bound / 2);
        assert!((200..=300).contains(&below), "{below} of 500 lie below the middle of {bound}");
    }
}

#[tokio::test(start_paused = true)]
async fn r15_equal_jitter_draws_from_half_the_wait_up_to_it() {
    #[action(retries = 3, backoff(base = "100ms", factor = 2, max = "300ms", jitter = "equal"))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let bounds = [100, 200, 300];
    let mut seen = [const { Vec::new() }; 3];
    let runtime = seeded();
    for _ in 0..500 {
        let a = failing();
        runtime.scope(plan(&a)).await.expect_err("it never works");
        for (n, wait) in waits(&a).into_iter().enumerate() {
            assert!((bounds[n] / 2..=bounds[n]).contains(&wait), "wait {n} is {wait} ms");
            seen[n].push(wait);
        }
    }

    for (bound, waits) in bounds.into_iter().zip(seen) {
        let below = waits.iter().filter(|wait| **wait <= bound * 3 / 4).count();
        assert!((200..=300).contains(&below), "{below} of 500 lie in the lower half for {bound}");
    }
}

#[tokio::test(start_paused = true)]
async fn r15_full_jitter_is_the_default() {
    #[action(retries = 1)]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let mut seen = HashSet::new();
    let runtime = seeded();
    for _ in 0..200 {
        let a = failing();
        runtime.scope(plan(&a)).await.expect_err("it never works");
        seen.extend(waits(&a));
    }
    assert!(seen.iter().all(|wait| *wait <= 100), "{seen:?}");
    assert!(seen.iter().any(|wait| *wait < 10) && seen.iter().any(|wait| *wait > 90), "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn r15_a_seed_repeats_the_jitter_and_another_seed_does_not() {
    #[action(retries = 10, backoff(base = "5s", factor = 1))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let mut seen = Vec::new();
    for seed in [7, 7, 8] {
        let runtime = Runtime::builder().seed(seed).build().expect("nothing is bound");
        let a = failing();
        runtime.scope(plan(&a)).await.expect_err("it never works");
        seen.push(waits(&a));
    }
    assert_eq!(seen[0], seen[1]);
    assert_ne!(seen[0], seen[2]);
}

/// There is no tokio runtime here, so that a timer could not even be made.
#[test]
fn r15_a_zero_wait_creates_no_timer() {
    #[action(retries = 3, classify(Scripted::verdict))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let now = fail(Verdict::RetryAfter(Duration::ZERO));
    let a = Script::of([now, now, ok()]);
    let Poll::Ready(outcome) = poll_once(pin!(plan(&a))) else { panic!("it waited for something") };
    assert_eq!(outcome.expect("the third attempt works").attempts, 3);
}

#[tokio::test(start_paused = true)]
async fn r16_runs_side_by_side_do_not_share_their_backoff() {
    #[action(retries = 3, backoff(base = "100ms", factor = 2, jitter = "none"))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let (early, late) = (failing(), failing());
    let runtime = seeded();
    let later = async {
        tokio::time::sleep(ms(350)).await;
        runtime.scope(plan(&late)).await
    };
    let (one, two) = tokio::join!(runtime.scope(plan(&early)), later);

    one.expect_err("it never works");
    two.expect_err("it never works");
    assert_eq!(early.times(), [0, 100, 300, 700]);
    assert_eq!(late.times(), [350, 450, 650, 1_050]);
}

#[tokio::test(start_paused = true)]
async fn r16_the_next_run_begins_with_the_first_wait_again() {
    #[action(retries = 2, backoff(base = "100ms", factor = 2, jitter = "none"))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let runtime = seeded();
    for _ in 0..3 {
        let a = failing();
        runtime.scope(plan(&a)).await.expect_err("it never works");
        assert_eq!(a.times(), [0, 100, 300]);
    }
}
