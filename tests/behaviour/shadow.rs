//! `shadow`: a breaker, bulkhead or rate limit that decides, but keeps nobody out.

use std::sync::Arc;

use ductape::{Verdict, action, fallback};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, run, seeded, trail};

#[tokio::test(start_paused = true)]
async fn a_breaker_in_shadow_refuses_nothing() {
    #[action(
        app = "a",
        retries = 2,
        backoff(base = "10ms", factor = 1, jitter = "none"),
        breaker(failures = 2, cooldown = "10s", shadow)
    )]
    async fn first_form(a: &Script) -> Answer {
        a.call().await
    }
    #[action(app = "a", breaker(failure_rate = "50%", min_calls = 2, cooldown = "10s", shadow))]
    async fn second_form(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    for _ in 0..10 {
        let error = runtime.scope(first_form(&a)).await.expect_err("a fails");
        assert_eq!(trail(&error), ["a 1 failed: Retry", "a 2 failed: Retry", "a 3 failed: Retry"]);
    }
    assert_eq!(a.calls(), 30);
    for _ in 0..30 {
        runtime.scope(second_form(&a)).await.expect_err("a fails");
    }
    assert_eq!(a.calls(), 60);
}

#[tokio::test(start_paused = true)]
async fn a_breaker_in_shadow_lets_more_than_its_probes_through_after_the_cooldown() {
    #[action(app = "a", timeout = "1s", breaker(failures = 1, cooldown = "10s", probes = 1, shadow))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Arc::new(Script::of([fail(Verdict::Retry), ok().after(50)])));
    runtime.scope(plan(&a)).await.expect_err("a fails");
    sleep(ms(10_000)).await;
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let a = Arc::clone(&a);
        tasks.spawn(runtime.scope(async move { plan(&a).await.is_ok() }));
    }
    assert!(tasks.join_all().await.into_iter().all(|served| served));
    assert_eq!(a.calls(), 51);
}

#[tokio::test(start_paused = true)]
async fn a_bulkhead_in_shadow_refuses_nobody_and_makes_nobody_wait() {
    #[action(app = "a", timeout = "1s", bulkhead(max = 1, shadow))]
    async fn refusing(a: &Script) -> Answer {
        a.call().await
    }
    #[action(app = "a", timeout = "1s", bulkhead(max = 1, wait = "100ms", shadow))]
    async fn waiting(a: &Script) -> Answer {
        a.call().await
    }

    let a = Script::of([ok().after(30)]);
    let all = run(async { tokio::join!(refusing(&a), refusing(&a), refusing(&a)) }).await;
    assert_eq!([all.0.is_ok(), all.1.is_ok(), all.2.is_ok()], [true; 3]);
    let all = run(async { tokio::join!(waiting(&a), waiting(&a), waiting(&a)) }).await;
    assert_eq!([all.0.is_ok(), all.1.is_ok(), all.2.is_ok()], [true; 3]);
    assert_eq!(a.times(), [0, 0, 0, 30, 30, 30]);
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_in_shadow_refuses_nobody_and_makes_nobody_wait() {
    #[action(app = "a", rate_limit(rate = "1/s", burst = 1, shadow))]
    async fn refusing(a: &Script) -> Answer {
        a.call().await
    }
    #[action(app = "a", rate_limit(rate = "1/s", burst = 1, wait = "1m", shadow))]
    async fn waiting(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a, start) = (seeded(), Script::of([ok()]), Instant::now());
    for _ in 0..20 {
        runtime.scope(refusing(&a)).await.expect("nobody is refused");
        runtime.scope(waiting(&a)).await.expect("nobody is refused");
    }
    assert_eq!((a.calls(), start.elapsed()), (40, ms(0)));
}

#[tokio::test(start_paused = true)]
async fn one_in_shadow_does_not_put_the_others_there() {
    #[fallback(timeout = "1s", classify(Scripted::verdict))]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", breaker(failures = 1, shadow), bulkhead(max = 1, shadow), rate_limit(rate = "1/m", burst = 3))]
        {
            a.call().await
        }
        #[fallback("b", breaker(failures = 1), when(b.calls() == 0))]
        {
            b.call().await
        }
    }

    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Failover)]), Script::of([hang()]));
    for _ in 0..3 {
        runtime.scope(plan(&a, &b)).await.expect_err("both fail");
    }
    let error = runtime.scope(plan(&a, &b)).await.expect_err("there is no token");
    assert_eq!(trail(&error), ["a skipped: RateLimited { retry_in: 59s }", "b skipped: When"]);
    assert_eq!((a.calls(), b.calls()), (3, 1));
}
