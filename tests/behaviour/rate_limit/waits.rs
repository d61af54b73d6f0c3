//! R71: waiting for a token.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use ductape::{ErrorKind, Event, Skip, Verdict, action};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::support::{Answer, Script, Scripted, begin, fail, ms, ok, seeded, trail};

/// One at a time, each 100 ms after the other; who is too early waits for up to 250 ms.
#[action(tag = "rate-waits", app = "a", timeout = "1s", rate_limit(rate = "10/s", burst = 1, wait = "250ms"))]
async fn one(a: &Script) -> Answer {
    a.call().await
}

#[tokio::test(start_paused = true)]
async fn r71_who_is_too_early_waits_for_the_next_token() {
    let (runtime, a) = (seeded(), Script::of([ok()]));
    let runs = tokio::join!(runtime.scope(one(&a)), runtime.scope(one(&a)), runtime.scope(one(&a)));
    let elapsed = [runs.0, runs.1, runs.2].map(|answer| answer.expect("nobody waits too long").elapsed);
    assert_eq!((a.times(), elapsed), (vec![0, 100, 200], [ms(0), ms(100), ms(200)]));
}

#[tokio::test(start_paused = true)]
async fn r71_whose_wait_would_be_longer_is_skipped_with_the_time_until_the_next_token() {
    let (runtime, a) = (seeded(), Script::of([ok()]));
    let late = async {
        let start = Instant::now();
        let error = runtime.scope(one(&a)).await.expect_err("300 ms are too long");
        (start.elapsed(), error)
    };
    let (one, two, three, (after, error)) =
        tokio::join!(runtime.scope(one(&a)), runtime.scope(one(&a)), runtime.scope(one(&a)), late);
    assert_eq!([one.is_ok(), two.is_ok(), three.is_ok()], [true; 3]);

    assert!(after <= ms(250), "it took {after:?} to refuse");
    let [entry] = error.trail().entries() else { panic!("one refusal: {error}") };
    let Event::Skipped(Skip::RateLimited { retry_in }) = entry.event else { panic!("rate limited: {error}") };
    assert_eq!(after + retry_in, ms(300), "the fourth token comes after 300 ms");
    assert_eq!((error.kind(), a.calls()), (ErrorKind::Exhausted, 3));
}

#[tokio::test(start_paused = true)]
async fn r71_a_wait_of_exactly_the_longest_is_waited() {
    #[action(app = "a", rate_limit(rate = "10/s", burst = 1, wait = "100ms"))]
    async fn exact(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([ok()]));
    let three = tokio::join!(runtime.scope(exact(&a)), runtime.scope(exact(&a)), runtime.scope(exact(&a)));
    assert_eq!([three.0.is_ok(), three.1.is_ok(), three.2.is_ok()], [true, true, false]);
    assert_eq!(a.times(), [0, 100]);
}

#[tokio::test(start_paused = true)]
async fn r71_the_wait_is_no_part_of_the_attempts_timeout() {
    #[action(app = "a", timeout = "50ms", rate_limit(rate = "10/s", burst = 1, wait = "250ms"))]
    async fn brief(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([ok().after(49)]));
    let (first, second) = tokio::join!(runtime.scope(brief(&a)), runtime.scope(brief(&a)));
    assert_eq!((first.is_ok(), second.is_ok(), a.times()), (true, true, vec![0, 100]));
}

#[tokio::test(start_paused = true)]
async fn r71_however_many_wait_the_rate_is_kept() {
    #[action(app = "a", rate_limit(rate = "100/s", burst = 5, wait = "1h"))]
    async fn patient(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Arc::new(Script::of([ok()])));
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let a = Arc::clone(&a);
        tasks.spawn(runtime.scope(async move { patient(&a).await.is_ok() }));
    }
    assert!(tasks.join_all().await.into_iter().all(|served| served));
    let expected: Vec<u64> = (0..50_u64).map(|number| number.saturating_sub(4) * 10).collect();
    assert_eq!(a.times(), expected);
}

#[tokio::test(start_paused = true)]
async fn r80_a_dropped_waiter_gives_its_token_back_at_once() {
    let (runtime, a) = (seeded(), Script::of([ok()]));
    runtime.scope(one(&a)).await.expect("there is a token");
    for _ in 0..20 {
        timeout(ms(1), runtime.scope(one(&a))).await.expect_err("the next token comes after 100 ms");
    }
    // 20 tokens would be two seconds.
    runtime.scope(one(&a)).await.expect("the next token is there in time");
    assert_eq!(a.times(), [0, 100]);
}

#[tokio::test(start_paused = true)]
async fn r80_a_dropped_waiter_never_lets_the_rate_be_exceeded() {
    // The first of the two that wait goes; whoever comes then may have its token, but not the other's.
    let (runtime, a) = (seeded(), Script::of([ok()]));
    runtime.scope(one(&a)).await.expect("there is a token");
    let (mut gone, mut stays) = (Box::pin(runtime.scope(one(&a))), Box::pin(runtime.scope(one(&a))));
    begin(gone.as_mut()).await;
    begin(stays.as_mut()).await;
    drop(gone);
    let (stays, comes, last) = tokio::join!(stays, runtime.scope(one(&a)), runtime.scope(one(&a)));
    assert!(stays.is_ok());
    let served = 2 + usize::from(comes.is_ok()) + usize::from(last.is_ok());
    let times = a.times();
    assert_eq!(times.len(), served);
    let mut sorted = times.clone();
    sorted.sort_unstable();
    assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] >= 100), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn r71_an_attempt_that_has_begun_keeps_its_token_though_it_is_dropped() {
    let (runtime, a) = (seeded(), Script::of([ok().after(50), ok()]));
    timeout(ms(10), runtime.scope(one(&a))).await.expect_err("it takes 50 ms");
    assert_eq!((a.calls(), a.cut()), (1, 1));
    runtime.scope(one(&a)).await.expect("the next token is there in time");
    assert_eq!(a.times(), [0, 100]);
}

#[tokio::test(start_paused = true)]
async fn r71_a_retry_waits_for_its_token_too() {
    #[action(
        app = "a",
        retries = 1,
        backoff(base = "10ms", factor = 1, jitter = "none"),
        rate_limit(rate = "10/s", burst = 1, wait = "250ms")
    )]
    async fn again(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry), ok()]));
    let outcome = runtime.scope(again(&a)).await.expect("the retry is good");
    assert_eq!((a.times(), outcome.elapsed), (vec![0, 100], ms(100)));
}

#[tokio::test(start_paused = true)]
async fn r71_whoever_waits_for_a_token_has_its_place_in_the_bulkhead_already() {
    #[action(app = "a", bulkhead = 2, rate_limit(rate = "10/s", burst = 1, wait = "1s"))]
    async fn both(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([ok()]));
    runtime.scope(both(&a)).await.expect("there is a token");
    let (mut one, mut two) = (pin!(runtime.scope(both(&a))), pin!(runtime.scope(both(&a))));
    begin(one.as_mut()).await;
    begin(two.as_mut()).await;
    let error = runtime.scope(both(&a)).await.expect_err("two wait");
    assert_eq!(trail(&error), ["a skipped: BulkheadFull"]);
    // The third took no token.
    let (one, two) = tokio::join!(one, two);
    assert_eq!((one.is_ok(), two.is_ok(), a.times()), (true, true, vec![0, 100, 200]));
    sleep(ms(100)).await;
    let outcome = runtime.scope(both(&a)).await.expect("there is a token");
    assert_eq!(outcome.elapsed, ms(0));
}

#[tokio::test(start_paused = true)]
async fn r13_a_wait_for_a_token_past_the_end_of_an_outer_plan_is_not_begun() {
    #[action(tag = "rate-around", timeout = "40ms")]
    async fn around(a: &Script) -> ductape::Result<usize, ductape::Error<Scripted>> {
        one(a).await.map(|outcome| outcome.value)
    }

    let (runtime, a) = (seeded(), Script::of([ok()]));
    runtime.scope(one(&a)).await.expect("there is a token");
    let start = Instant::now();
    let error = runtime.scope(around(&a)).await.expect_err("there is no token within 40 ms");
    let inner = error.last().expect("the inner plan refuses by itself");
    assert_eq!(trail(inner), ["a skipped: RateLimited { retry_in: 100ms }"]);
    assert_eq!((start.elapsed(), inner.kind()), (Duration::ZERO, ErrorKind::Deadline));
}

#[tokio::test(start_paused = true)]
async fn r80_a_run_that_is_dropped_at_any_point_leaves_the_rate_as_it_was() {
    let runtime = seeded();
    for patience in 1..200 {
        let (a, b) = (Script::of([fail(Verdict::Retry)]), Script::of([ok()]));
        let start = Instant::now();
        runtime.scope(one(&a)).await.expect_err("a fails");
        let second = timeout(ms(patience), runtime.scope(one(&a))).await;
        assert_eq!(second.is_err(), patience < 100, "after {patience} ms");
        let outcome = runtime.scope(one(&b)).await.expect("a token comes in time");
        let expected = if patience < 100 { ms(100) } else { ms(200) };
        assert_eq!(start.elapsed(), expected, "after {patience} ms: {outcome:?}");
        sleep(ms(1_000)).await;
    }
}
