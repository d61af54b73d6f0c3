//! Mistakes of breakers.

use std::sync::Arc;
use std::time::Duration;

use ductape::{Verdict, action};
use tokio::task::JoinSet;
use tokio::time::{advance, sleep, timeout};

use crate::breaker::{small, went};
use crate::support::{Answer, Script, fail, ms, ok, seeded};

#[tokio::test(start_paused = true)]
async fn half_open_lets_everyone_in() {
    let bad = fail(Verdict::Retry);
    let (runtime, a) = (seeded(), Arc::new(Script::of([bad, bad, ok().after(50)])));
    went(&runtime, 2, async || small(&a).await).await;
    sleep(ms(10_000)).await;
    let mut callers = JoinSet::new();
    for _ in 0..200 {
        let a = Arc::clone(&a);
        callers.spawn(runtime.scope(async move { small(&a).await.is_ok() }));
    }
    let served = callers.join_all().await.into_iter().filter(|served| *served).count();
    assert_eq!((served, a.calls() - 2), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn cancelled_probes_wedge_a_breaker_for_good() {
    let bad = fail(Verdict::Retry);
    let (runtime, a) = (seeded(), Script::of([bad, bad, ok().after(50)]));
    went(&runtime, 2, async || small(&a).await).await;
    sleep(ms(10_000)).await;
    for _ in 0..10 {
        timeout(ms(20), runtime.scope(small(&a))).await.expect_err("a probe takes 50 ms");
    }
    assert_eq!(went(&runtime, 2, async || small(&a).await).await, "..");
}

#[tokio::test(start_paused = true)]
async fn a_success_admitted_before_the_trip_closes_it() {
    let (runtime, slow, a) = (seeded(), Script::of([ok().after(500)]), Script::of([fail(Verdict::Retry)]));
    let trip = async {
        sleep(ms(1)).await;
        went(&runtime, 2, async || small(&a).await).await
    };
    let (early, tripped) = tokio::join!(runtime.scope(small(&slow)), trip);
    assert_eq!((early.is_ok(), tripped.as_str()), (true, "xx"));
    assert_eq!(went(&runtime, 1, async || small(&a).await).await, "-");
}

#[tokio::test(start_paused = true)]
async fn a_breaker_attribute_never_trips_because_a_question_mark_leaves_the_function_early() {
    #[action(app = "a", breaker(failures = 2, cooldown = "10s"))]
    async fn early(a: &Script) -> Answer {
        let first = a.call().await?;
        let second = a.call().await?;
        Ok(first + second)
    }

    let (runtime, a) = (seeded(), Script::of([ok(), fail(Verdict::Retry)]));
    assert_eq!(went(&runtime, 4, async || early(&a).await).await, "xx--");
}

#[tokio::test(start_paused = true)]
async fn failures_after_the_first_attempt_are_never_recorded() {
    #[action(
        app = "a",
        retries = 4,
        backoff(base = "10ms", factor = 1, jitter = "none"),
        breaker(failures = 5, cooldown = "10s")
    )]
    async fn persistent(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    assert_eq!(went(&runtime, 2, async || persistent(&a).await).await, "x-");
    assert_eq!(a.calls(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_cooldown_is_rounded_up_to_the_tick_of_a_cache() {
    #[action(app = "a", breaker(failures = 1, cooldown = "10500us"))]
    async fn odd(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry), ok()]));
    assert_eq!(went(&runtime, 1, async || odd(&a).await).await, "x");
    advance(Duration::from_micros(10_499)).await;
    assert_eq!(went(&runtime, 1, async || odd(&a).await).await, "-");
    advance(Duration::from_micros(1)).await;
    assert_eq!(went(&runtime, 1, async || odd(&a).await).await, ".");
}
