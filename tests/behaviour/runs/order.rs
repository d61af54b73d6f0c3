//! R1: who is asked, in which order, and why somebody is not.

use ductape::{Skip, Verdict, fallback, healthcheck, quota};
use tokio::time::advance;

use crate::support::{Answer, Script, Scripted, fail, ms, ok, run, seeded, trail};

#[tokio::test(start_paused = true)]
async fn r1_providers_are_asked_in_the_order_in_which_they_stand() {
    #[fallback]
    async fn plan(a: &Script, b: &Script, c: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
        #[fallback("c")]
        {
            c.call().await
        }
    }

    let a = Script::of([fail(Verdict::Retry).after(10)]);
    let b = Script::of([fail(Verdict::Retry).after(20)]);
    let c = Script::of([ok()]);
    let outcome = run(plan(&a, &b, &c)).await.expect("c works");

    assert_eq!((a.times(), b.times(), c.times()), (vec![0], vec![10], vec![30]));
    assert_eq!((outcome.provider.as_str(), outcome.attempts, outcome.elapsed), ("c", 3, ms(30)));
}

#[tokio::test(start_paused = true)]
async fn r1_the_tier_of_a_quota_is_asked_in_order_once_every_provider_of_it_had_its_turn() {
    #[quota]
    async fn plan(shared: [&Script; 2], tier: [&Script; 2]) -> Answer {
        #[provider("left", weight = 50)]
        {
            shared[0].call().await
        }
        #[provider("right", weight = 50)]
        {
            shared[1].call().await
        }
        #[fallback("third")]
        {
            tier[0].call().await
        }
        #[fallback("fourth")]
        {
            tier[1].call().await
        }
    }

    let failing = || Script::of([fail(Verdict::Retry).after(10)]);
    let (left, right, third, fourth) = (failing(), failing(), failing(), Script::of([ok()]));
    let outcome = run(plan([&left, &right], [&third, &fourth])).await.expect("the fourth works");

    let mut chosen = [left.times(), right.times()];
    chosen.sort();
    assert_eq!(chosen, [[0], [10]], "either may come first");
    assert_eq!((third.times(), fourth.times()), (vec![20], vec![30]));
    assert_eq!(outcome.provider, "fourth");
}

#[tokio::test(start_paused = true)]
async fn r1_the_block_of_a_skipped_provider_is_never_called() {
    #[fallback]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 3, when(false))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let (a, b) = (Script::of([ok()]), Script::of([ok()]));
    let outcome = run(plan(&a, &b)).await.expect("b works");

    assert_eq!((a.calls(), b.calls()), (0, 1));
    assert_eq!((outcome.provider.as_str(), outcome.attempts), ("b", 1));
}

#[tokio::test(start_paused = true)]
async fn r1_the_first_refusal_is_the_reason_when_before_throttled_before_health() {
    #[healthcheck(interval = "1h")]
    async fn sick() -> Result<(), &'static str> {
        Err("down")
    }
    #[fallback(classify(Scripted::verdict))]
    async fn plan(a: &Script, wanted: bool, b: &Script) -> Answer {
        #[primary("a", when(wanted), healthcheck(sick))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let a = Script::of([fail(Verdict::Throttled(ms(1_000)))]);
    let b = Script::of([fail(Verdict::Failover)]);
    let runtime = seeded();
    let mut reasons = Vec::new();
    for (wanted, pause) in [(true, 0), (false, 0), (true, 0), (true, 1_000)] {
        advance(ms(pause)).await;
        let error = runtime.scope(plan(&a, wanted, &b)).await.expect_err("b never works");
        reasons.push(trail(&error).remove(0));
        runtime.scope(sick.check()).await;
    }

    assert_eq!(
        reasons,
        [
            format!("a 1 failed: {:?}", Verdict::Throttled(ms(1_000))),
            "a skipped: When".to_owned(),
            format!("a skipped: {:?}", Skip::Throttled { retry_in: ms(1_000) }),
            "a skipped: Unhealthy".to_owned(),
        ]
    );
    assert_eq!(a.calls(), 1);
}
