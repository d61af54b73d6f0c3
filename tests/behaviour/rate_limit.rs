//! R71 and R80: never more than so many attempts per time.

mod waits;

use std::sync::Arc;
use std::time::Duration;

use ductape::{ErrorKind, Event, Skip, Verdict, action, fallback, quota};
use tokio::task::JoinSet;
use tokio::time::{Instant, advance, sleep};

use crate::support::{Answer, Script, fail, ms, ok, run, seeded, trail};

/// Two at once, and one more every 100 ms.
#[action(tag = "rate-two", app = "a", timeout = "1s", rate_limit(rate = "10/s", burst = 2))]
async fn two(a: &Script) -> Answer {
    a.call().await
}

/// How many runs in a row are let through, and after which time the first that is not may try again.
async fn let_through(plan: impl AsyncFn() -> Answer) -> (usize, Duration) {
    for through in 0..200_000 {
        if let Err(error) = plan().await {
            let [entry] = error.trail().entries() else { panic!("one refusal: {error}") };
            let Event::Skipped(Skip::RateLimited { retry_in }) = entry.event else { panic!("rate limited: {error}") };
            assert_eq!((error.retry_in(), error.kind()), (Some(retry_in), ErrorKind::Exhausted));
            return (through, retry_in);
        }
    }
    panic!("nothing limits it")
}

#[tokio::test(start_paused = true)]
async fn r71_burst_defaults_to_what_one_second_allows_and_to_one_at_least() {
    #[action(app = "a", rate_limit = "100/s")]
    async fn per_second(a: &Script) -> Answer {
        a.call().await
    }
    #[action(app = "a", rate_limit = "600/m")]
    async fn per_minute(a: &Script) -> Answer {
        a.call().await
    }
    #[action(app = "a", rate_limit = "36000/h")]
    async fn per_hour(a: &Script) -> Answer {
        a.call().await
    }
    #[action(app = "a", rate_limit = "1/m")]
    async fn seldom(a: &Script) -> Answer {
        a.call().await
    }
    #[action(app = "a", rate_limit(rate = "1/h"))]
    async fn hardly(a: &Script) -> Answer {
        a.call().await
    }

    let a = Script::of([ok()]);
    assert_eq!(run(let_through(async || per_second(&a).await)).await, (100, ms(10)));
    assert_eq!(run(let_through(async || per_minute(&a).await)).await, (10, ms(100)));
    assert_eq!(run(let_through(async || per_hour(&a).await)).await, (10, ms(100)));
    assert_eq!(run(let_through(async || seldom(&a).await)).await, (1, ms(60_000)));
    assert_eq!(run(let_through(async || hardly(&a).await)).await, (1, ms(3_600_000)));
}

#[tokio::test(start_paused = true)]
async fn r71_burst_says_how_many_may_come_at_once() {
    #[action(app = "a", rate_limit(rate = "100/s", burst = 3))]
    async fn less(a: &Script) -> Answer {
        a.call().await
    }
    #[action(app = "a", rate_limit(rate = "1/s", burst = 500))]
    async fn more(a: &Script) -> Answer {
        a.call().await
    }

    let a = Script::of([ok()]);
    assert_eq!(run(let_through(async || less(&a).await)).await, (3, ms(10)));
    assert_eq!(run(let_through(async || more(&a).await)).await, (500, ms(1_000)));
}

#[tokio::test(start_paused = true)]
async fn r71_the_refused_are_not_called_and_go_on_to_the_next_provider() {
    #[fallback(timeout = "1s")]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", rate_limit(rate = "10/s", burst = 2))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let (runtime, a, b) = (seeded(), Script::of([ok()]), Script::of([fail(Verdict::Retry)]));
    for _ in 0..2 {
        runtime.scope(plan(&a, &b)).await.expect("a has tokens");
    }
    let error = runtime.scope(plan(&a, &b)).await.expect_err("b fails");
    assert_eq!(trail(&error), ["a skipped: RateLimited { retry_in: 100ms }", "b 1 failed: Retry"]);
    assert_eq!((a.calls(), b.calls()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn r71_tokens_come_back_one_by_one_and_not_window_by_window() {
    let (runtime, a) = (seeded(), Script::of([ok()]));
    runtime
        .scope(async {
            assert_eq!(let_through(async || two(&a).await).await, (2, ms(100)));
            sleep(ms(99)).await;
            assert_eq!(let_through(async || two(&a).await).await, (0, ms(1)));
            sleep(ms(1)).await;
            assert_eq!(let_through(async || two(&a).await).await, (1, ms(100)));
            sleep(ms(150)).await;
            assert_eq!(let_through(async || two(&a).await).await, (1, ms(50)));
            // Never more than the burst, however long nobody came.
            sleep(ms(60_000)).await;
            assert_eq!(let_through(async || two(&a).await).await, (2, ms(100)));
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn r71_over_a_long_time_the_rate_is_kept_exactly() {
    let (runtime, a) = (seeded(), Script::of([ok()]));
    // Somebody asks every 7 ms for 70 s: the burst of 2, and one more each 100 ms.
    for _ in 0..10_000 {
        let _refused_or_not = runtime.scope(two(&a)).await;
        sleep(ms(7)).await;
    }
    assert_eq!(a.calls(), 2 + 699);
    let times = a.times();
    assert!(times.windows(3).all(|three| three[2] - three[0] >= 100), "three within less than 100 ms");
}

#[tokio::test(start_paused = true)]
async fn r71_a_refusal_consumes_nothing() {
    let (runtime, a) = (seeded(), Script::of([ok()]));
    runtime
        .scope(async {
            assert_eq!(let_through(async || two(&a).await).await, (2, ms(100)));
            for _ in 0..1_000 {
                two(&a).await.expect_err("there is no token");
            }
            sleep(ms(100)).await;
            assert_eq!(let_through(async || two(&a).await).await, (1, ms(100)));
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn r71_rates_finer_than_a_millisecond_are_kept() {
    #[action(app = "a", rate_limit(rate = "4000/s", burst = 1))]
    async fn fine(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([ok()]));
    runtime
        .scope(async {
            assert_eq!(let_through(async || fine(&a).await).await, (1, Duration::from_micros(250)));
            advance(Duration::from_micros(249)).await;
            assert_eq!(let_through(async || fine(&a).await).await, (0, Duration::from_micros(1)));
            advance(Duration::from_micros(1)).await;
            fine(&a).await.expect("there is a token");
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn r71_every_attempt_takes_a_token_however_it_ends() {
    #[action(
        app = "a",
        retries = 1,
        backoff(base = "1ms", factor = 1, jitter = "none"),
        rate_limit(rate = "1/s", burst = 4)
    )]
    async fn four(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    for _ in 0..2 {
        runtime.scope(four(&a)).await.expect_err("a fails");
    }
    let error = runtime.scope(four(&a)).await.expect_err("there is no token");
    assert_eq!((a.calls(), trail(&error)), (4, vec!["a skipped: RateLimited { retry_in: 998ms }".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn r4_after_the_wait_the_rate_limit_is_asked_again_and_a_refusal_ends_the_turn() {
    #[fallback(retries = 5, backoff(base = "10ms", factor = 1, jitter = "none"))]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", rate_limit(rate = "1/s", burst = 2))]
        {
            a.call().await
        }
        #[fallback("b", retries = 0)]
        {
            b.call().await
        }
    }

    let (a, b) = (Script::of([fail(Verdict::Retry)]), Script::of([fail(Verdict::Retry)]));
    let start = Instant::now();
    let error = run(plan(&a, &b)).await.expect_err("both fail");
    let entries =
        ["a 1 failed: Retry", "a 2 failed: Retry", "a skipped: RateLimited { retry_in: 980ms }", "b 1 failed: Retry"];
    assert_eq!((trail(&error), start.elapsed()), (entries.map(str::to_owned).to_vec(), ms(20)));
}

#[tokio::test(start_paused = true)]
async fn r71_a_provider_without_tokens_takes_no_part_in_a_quota() {
    #[quota(timeout = "1s")]
    async fn half(a: &Script, b: &Script) -> Answer {
        #[provider("a", weight = 50, rate_limit(rate = "1/s", burst = 3))]
        {
            a.call().await
        }
        #[provider("b", weight = 50)]
        {
            b.call().await
        }
    }

    let (runtime, a, b) = (seeded(), Script::of([ok()]), Script::of([ok()]));
    for _ in 0..100 {
        runtime.scope(half(&a, &b)).await.expect("b works");
    }
    assert_eq!((a.calls(), b.calls()), (3, 97));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r83_no_token_is_given_twice() {
    #[action(app = "a", rate_limit(rate = "1/h", burst = 1000))]
    async fn hourly() -> Result<(), ductape::Error<&'static str>> {
        Ok(())
    }

    let (runtime, mut tasks) = (Arc::new(seeded()), JoinSet::new());
    for _ in 0..8 {
        tasks.spawn(runtime.scope(async {
            let mut through = 0;
            for _ in 0..1_000 {
                through += usize::from(hourly().await.is_ok());
            }
            through
        }));
    }
    assert_eq!(tasks.join_all().await.into_iter().sum::<usize>(), 1_000);
}
