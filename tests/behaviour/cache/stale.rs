//! What is served when the providers fail.

use ductape::{Error, ErrorKind, Outcome, Source, Verdict, fallback};
use tokio::time::advance;

use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, run, trail};

#[fallback(tag = "cache-stale", classify(Scripted::verdict), cache(ttl = "60s", stale = "10m", key(user)))]
async fn plan(user: u32, a: &Script, b: &Script) -> Answer {
    #[primary("a")]
    {
        a.call().await
    }
    #[fallback("b")]
    {
        b.call().await
    }
    #[degrade]
    {
        Ok(1_000)
    }
}

fn served(answer: Result<Outcome<usize>, Error<Scripted>>) -> (usize, Source) {
    let outcome = answer.expect("something is served");
    (*outcome, outcome.source)
}

/// A first value at the beginning, and nothing but failures after it.
fn dying(verdict: Verdict) -> (Script, Script) {
    (Script::of([ok(), fail(verdict)]), Script::of([fail(verdict)]))
}

#[tokio::test(start_paused = true)]
async fn r33_on_failure_an_old_value_is_served_before_degrade() {
    let (a, b) = dying(Verdict::Retry);
    run(async {
        assert_eq!(served(plan(1, &a, &b).await), (1, Source::Provider));
        advance(ms(60_000)).await;
        let stale = plan(1, &a, &b).await.expect("the old value is there");
        assert_eq!((*stale, stale.source, stale.provider.as_str(), stale.attempts), (1, Source::Stale, "a", 2));
        assert_eq!((a.calls(), b.calls()), (2, 1), "the providers are asked first");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_an_old_value_is_served_until_ttl_and_stale_are_over_and_not_at_that_instant() {
    let (a, b) = dying(Verdict::Retry);
    run(async {
        plan(1, &a, &b).await.expect("a serves");
        advance(ms(659_999)).await;
        assert_eq!(served(plan(1, &a, &b).await), (1, Source::Stale));
        advance(ms(1)).await;
        assert_eq!(served(plan(1, &a, &b).await), (1_000, Source::Degraded));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_an_old_value_does_not_become_fresh_by_being_served() {
    let (a, b) = dying(Verdict::Retry);
    run(async {
        plan(1, &a, &b).await.expect("a serves");
        advance(ms(60_000)).await;
        for calls in 2..5 {
            assert_eq!(served(plan(1, &a, &b).await), (1, Source::Stale));
            assert_eq!(a.calls(), calls, "the providers are asked every time");
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_no_old_value_is_served_after_an_abort() {
    let (a, b) = dying(Verdict::Abort);
    run(async {
        plan(1, &a, &b).await.expect("a serves");
        advance(ms(60_000)).await;
        let error = plan(1, &a, &b).await.expect_err("no provider would do better");
        assert_eq!(error.kind(), ErrorKind::Aborted);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_an_old_value_is_served_when_the_deadline_is_over() {
    #[fallback(deadline = "4s", timeout = "2s", cache(ttl = "1s", stale = "1m", key(user)))]
    async fn late(user: u32, a: &Script, b: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }
    let (a, b) = (Script::of([ok(), hang()]), Script::of([hang()]));
    run(async {
        late(1, &a, &b).await.expect("a serves");
        advance(ms(1_000)).await;
        let stale = late(1, &a, &b).await.expect("the old value is there");
        assert_eq!((stale.source, stale.elapsed), (Source::Stale, ms(4_000)));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_without_stale_the_run_fails() {
    #[fallback(cache(ttl = "60s", key(user)))]
    async fn strict(user: u32, a: &Script, b: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }
    let (a, b) = dying(Verdict::Retry);
    run(async {
        strict(1, &a, &b).await.expect("a serves");
        advance(ms(60_000)).await;
        let error = strict(1, &a, &b).await.expect_err("nothing is left");
        assert_eq!(trail(&error), ["a 1 failed: Retry", "b 1 failed: Retry"]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_the_value_of_degrade_is_never_kept() {
    let (a, b) = (Script::of([fail(Verdict::Retry), ok()]), Script::of([fail(Verdict::Retry)]));
    run(async {
        assert_eq!(served(plan(1, &a, &b).await), (1_000, Source::Degraded));
        assert_eq!(served(plan(1, &a, &b).await), (2, Source::Provider));
        assert_eq!(served(plan(1, &a, &b).await), (2, Source::Cache));
    })
    .await;
}

/// The seeds' recommendations: from the cache, else an old list, else one that is always there.
#[tokio::test(start_paused = true)]
async fn graceful_degradation_serves_the_cache_then_what_is_stale_then_a_static_list() {
    let (a, b) = dying(Verdict::Failover);
    run(async {
        let mut sources = vec![plan(1, &a, &b).await.expect("the service is up").source];
        for wait in [0, 60_000, 600_000] {
            advance(ms(wait)).await;
            sources.push(plan(1, &a, &b).await.expect("something is always there").source);
        }
        assert_eq!(sources, [Source::Provider, Source::Cache, Source::Stale, Source::Degraded]);
        assert_eq!(a.calls(), 3, "the hit calls nobody");
    })
    .await;
}
