//! R33: values of earlier runs, and one run at a time for each key.

mod corners;
mod flight;
mod keys;
mod stale;

use ductape::{Outcome, Source, Verdict, action, fallback, quota};
use tokio::time::advance;

use crate::support::{Answer, Script, Scripted, fail, ms, ok, run, seeded};

#[action(tag = "cache-minute", app = "a", classify(Scripted::verdict), cache(ttl = "60s", key(user)))]
async fn minute(user: u32, a: &Script) -> Answer {
    a.call().await
}

fn told<T>(outcome: &Outcome<T>) -> (Source, &str, u32)
where
    T: Copy,
{
    (outcome.source, outcome.provider.as_str(), outcome.attempts)
}

#[tokio::test(start_paused = true)]
async fn r33_a_fresh_hit_calls_no_provider() {
    let a = Script::of([ok().after(10)]);
    run(async {
        let missed = minute(1, &a).await.expect("a serves");
        assert_eq!((*missed, told(&missed), missed.elapsed), (1, (Source::Provider, "a", 1), ms(10)));
        let hit = minute(1, &a).await.expect("it is there");
        assert_eq!((*hit, told(&hit), hit.elapsed), (1, (Source::Cache, "a", 0), ms(0)));
        assert_eq!(a.calls(), 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_a_value_is_fresh_until_its_time_is_up_and_not_at_that_instant() {
    let a = Script::of([ok()]);
    run(async {
        minute(1, &a).await.expect("a serves");
        advance(ms(59_999)).await;
        assert_eq!(minute(1, &a).await.expect("it is there").source, Source::Cache);
        advance(ms(1)).await;
        let anew = minute(1, &a).await.expect("a serves");
        assert_eq!((*anew, anew.source, a.calls()), (2, Source::Provider, 2));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_a_value_ages_from_when_it_came() {
    let a = Script::of([ok().after(5_000)]);
    run(async {
        minute(1, &a).await.expect("a serves");
        advance(ms(59_000)).await;
        assert_eq!(minute(1, &a).await.expect("it is there").source, Source::Cache);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_each_key_has_a_value_of_its_own() {
    let a = Script::of([ok()]);
    run(async {
        for (user, call) in [(1, 1), (2, 2), (1, 1), (2, 2), (3, 3)] {
            assert_eq!(*minute(user, &a).await.expect("a serves"), call, "of user {user}");
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_runtimes_share_no_values() {
    let a = Script::of([ok()]);
    let (one, other) = (seeded(), seeded());
    one.scope(minute(1, &a)).await.expect("a serves");
    assert_eq!(*other.scope(minute(1, &a)).await.expect("a serves"), 2);
    assert_eq!(*one.scope(minute(1, &a)).await.expect("it is there"), 1);
}

#[tokio::test(start_paused = true)]
async fn r33_errors_are_not_kept() {
    let a = Script::of([fail(Verdict::Retry), ok()]);
    run(async {
        minute(1, &a).await.expect_err("a fails");
        assert_eq!(*minute(1, &a).await.expect("a serves"), 2);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_a_value_of_a_fallback_is_kept_under_its_name() {
    #[fallback(cache(ttl = "60s", key(user)))]
    async fn plan(a: &Script, b: &Script, user: u32) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }
    let (a, b) = (Script::of([fail(Verdict::Retry)]), Script::of([ok()]));
    run(async {
        let missed = plan(&a, &b, 1).await.expect("b serves");
        assert_eq!(told(&missed), (Source::Provider, "b", 2));
        let hit = plan(&a, &b, 1).await.expect("it is there");
        assert_eq!((told(&hit), a.calls(), b.calls()), ((Source::Cache, "b", 0), 1, 1));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_a_hit_takes_no_place_in_a_quotas_order() {
    #[quota(cache(ttl = "60s", key(user)))]
    async fn plan(user: u32, a: &Script, b: &Script) -> Answer {
        #[provider("a", weight = 50)]
        {
            a.call().await
        }
        #[provider("b", weight = 50)]
        {
            b.call().await
        }
    }
    let (a, b) = (Script::of([ok()]), Script::of([ok()]));
    run(async {
        for user in 0..20 {
            for _ in 0..3 {
                plan(user, &a, &b).await.expect("one of them serves");
            }
        }
        assert_eq!((a.calls(), b.calls()), (10, 10));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_a_function_without_arguments_has_one_value() {
    static CALLS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    #[action(cache(ttl = "1s"))]
    async fn rates() -> ductape::Result<usize, Scripted> {
        Ok(CALLS.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
    }
    run(async {
        assert_eq!((rates().await.ok(), rates().await.ok()), (Some(0), Some(0)));
        advance(ms(1_000)).await;
        assert_eq!(rates().await.ok(), Some(1));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_the_statements_before_the_first_provider_run_on_every_call() {
    #[fallback(cache(ttl = "60s", key(seen % 2)))]
    async fn plan(log: &Script, a: &Script, b: &Script) -> Answer {
        let seen = log.call().await?;
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }
    let (a, log) = (Script::of([ok()]), Script::of([ok()]));
    run(async {
        for call in [1, 2, 1, 2] {
            assert_eq!(*plan(&log, &a, &a).await.expect("a serves"), call);
        }
        assert_eq!((log.calls(), a.calls()), (4, 2));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_a_cache_is_counted() {
    let (runtime, a) = (seeded(), Script::of([ok(), fail(Verdict::Abort)]));
    runtime
        .scope(async {
            for user in [1, 1, 1, 2] {
                let _ = minute(user, &a).await;
            }
        })
        .await;
    let stats = runtime.plan("cache-minute").expect("it is linked").stats().since_start;
    assert_eq!((stats.calls, stats.successes, stats.cached, stats.aborted), (4, 1, 2, 1));
}
