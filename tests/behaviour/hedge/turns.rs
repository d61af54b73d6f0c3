//! A lane is a provider's whole turn.

use std::pin::pin;

use ductape::{Event, Skip, Verdict, fallback};

use super::{served, three, two};
use crate::support::{Answer, Script, Scripted, begin, fail, hang, ms, ok, run, seeded, trail};

#[tokio::test(start_paused = true)]
async fn r73_a_lane_that_fails_starts_the_next_one_at_once() {
    let (a, b) = (Script::of([fail(Verdict::Retry).after(20)]), Script::of([ok().after(5)]));
    let outcome = run(two(&a, &b)).await.expect("b serves");
    assert_eq!((served(&outcome), b.times()), (("b", 2, 25), vec![20]));
}

#[tokio::test(start_paused = true)]
async fn r73_a_failed_lane_never_beats_a_later_success() {
    let (a, b) = (Script::of([ok().after(500)]), Script::of([fail(Verdict::Retry).after(10)]));
    let outcome = run(two(&a, &b)).await.expect("a serves in the end");
    assert_eq!((served(&outcome), b.calls()), (("a", 2, 500), 1));
}

#[tokio::test(start_paused = true)]
async fn r73_retries_belong_to_the_lane_and_go_on_beside_the_others() {
    // a fails after 60 ms, waits 50, and its second try takes 200; b starts at 100, since a has not succeeded.
    let a = Script::of([fail(Verdict::Retry).after(60), ok().after(200)]);
    let (b, c) = (Script::of([hang()]), Script::of([hang()]));
    let outcome = run(three(&a, &b, &c)).await.expect("a serves");
    assert_eq!(served(&outcome), ("a", 4, 310));
    assert_eq!((a.times(), b.times(), c.times()), (vec![0, 110], vec![100], vec![200]));
}

#[tokio::test(start_paused = true)]
async fn r73_a_turn_that_is_over_is_followed_at_once_while_others_are_under_way() {
    let (a, b) = (Script::of([hang()]), Script::of([fail(Verdict::Failover).after(10)]));
    let c = Script::of([ok().after(5)]);
    let outcome = run(three(&a, &b, &c)).await.expect("c serves");
    assert_eq!((served(&outcome), c.times()), (("c", 3, 115), vec![110]));
}

#[tokio::test(start_paused = true)]
async fn r6_the_trail_tells_what_happened_in_the_order_in_which_it_did() {
    let a = Script::of([fail(Verdict::Failover).after(150)]);
    let (b, c) = (Script::of([fail(Verdict::Failover).after(20)]), Script::of([fail(Verdict::Failover).after(100)]));
    let error = run(three(&a, &b, &c)).await.expect_err("all fail");
    assert_eq!(trail(&error), ["b 1 failed: Failover", "a 1 failed: Failover", "c 1 failed: Failover"]);
    let took = error.trail().entries().iter().map(|entry| match entry.event {
        Event::Failed { took, .. } => took,
        _ => ms(0),
    });
    assert_eq!(took.collect::<Vec<_>>(), [ms(20), ms(150), ms(100)]);
}

#[tokio::test(start_paused = true)]
async fn r20_an_abort_in_one_lane_ends_the_run() {
    let (a, b) = (Script::of([hang()]), Script::of([fail(Verdict::Abort).after(10)]));
    let error = run(two(&a, &b)).await.expect_err("no provider would do better");
    assert_eq!((error.kind(), trail(&error)), (ductape::ErrorKind::Aborted, vec!["b 1 failed: Abort".to_owned()]));
    assert_eq!((a.cut(), a.running()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn r10_each_lane_has_its_own_timeout() {
    #[fallback(hedge = "100ms")]
    async fn short(a: &Script, b: &Script) -> Answer {
        #[primary("a", timeout = "150ms")]
        {
            a.call().await
        }
        #[fallback("b", timeout = "300ms")]
        {
            b.call().await
        }
    }
    let (a, b) = (Script::of([hang()]), Script::of([hang()]));
    let error = run(short(&a, &b)).await.expect_err("both hang");
    assert_eq!(trail(&error), ["a 1 timed out after 150ms", "b 1 timed out after 300ms"]);
    assert_eq!((a.cut(), b.cut(), b.times()), (1, 1, vec![100]));
}

#[tokio::test(start_paused = true)]
async fn r11_the_deadline_bounds_all_lanes() {
    #[fallback(hedge = "100ms", timeout = "1s", deadline = "2s", classify(Scripted::verdict))]
    async fn bounded(a: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 3, backoff(base = "10ms"))]
        {
            a.call().await
        }
        #[fallback("b", retries = 3, backoff(base = "10ms"))]
        {
            b.call().await
        }
    }
    let (a, b) = (Script::of([hang()]), Script::of([hang()]));
    let start = tokio::time::Instant::now();
    run(bounded(&a, &b)).await.expect_err("both hang");
    assert!(start.elapsed() <= ms(2_000), "{:?}", start.elapsed());
    assert_eq!((a.running(), b.running()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn r73_a_hedge_that_is_refused_does_not_harm_the_lane_under_way() {
    #[fallback(hedge = "100ms")]
    async fn guarded(a: &Script, b: &Script, ready: bool) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b", when(ready), breaker(failures = 1, cooldown = "60s"))]
        {
            b.call().await
        }
    }
    let (a, b) = (Script::of([ok().after(250)]), Script::of([ok()]));
    let outcome = run(guarded(&a, &b, false)).await.expect("a serves");
    assert_eq!((served(&outcome), b.calls()), (("a", 1, 250), 0));
}

#[tokio::test(start_paused = true)]
async fn r73_a_refused_hedge_is_followed_by_the_next_provider_at_once() {
    #[fallback(hedge = "100ms", timeout = "1s")]
    async fn full(a: &Script, b: &Script, c: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b", bulkhead = 1)]
        {
            b.call().await
        }
        #[fallback("c")]
        {
            c.call().await
        }
    }
    let (runtime, busy) = (seeded(), Script::of([hang()]));
    let down = Script::of([fail(Verdict::Retry)]);
    let mut inside = pin!(runtime.scope(full(&down, &busy, &down)));
    begin(inside.as_mut()).await;
    let (a, b, c) = (Script::of([hang()]), Script::of([ok()]), Script::of([ok()]));
    let outcome = runtime.scope(full(&a, &b, &c)).await.expect("c serves");
    assert_eq!((served(&outcome), b.calls()), (("c", 2, 100), 0));
}

#[tokio::test(start_paused = true)]
async fn r73_a_refusal_is_in_the_trail() {
    #[fallback(hedge = "100ms", timeout = "1s")]
    async fn guarded(a: &Script, b: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b", when(false))]
        {
            b.call().await
        }
    }
    let (a, b) = (Script::of([fail(Verdict::Retry).after(200)]), Script::of([ok()]));
    let error = run(guarded(&a, &b)).await.expect_err("a fails");
    assert_eq!(trail(&error), ["b skipped: When", "a 1 failed: Retry"]);
    assert!(matches!(error.trail().entries()[0].event, Event::Skipped(Skip::When)));
}

#[tokio::test(start_paused = true)]
async fn r32_degrade_comes_when_every_lane_has_failed() {
    #[fallback(hedge = "100ms")]
    async fn degrading(a: &Script, b: &Script) -> Answer {
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
    let (a, b) = (Script::of([fail(Verdict::Retry).after(300)]), Script::of([fail(Verdict::Retry).after(10)]));
    let outcome = run(degrading(&a, &b)).await.expect("it degrades");
    assert!(outcome.is_degraded());
    assert_eq!((*outcome, outcome.attempts, outcome.elapsed), (1_000, 2, ms(300)));
}

#[tokio::test(start_paused = true)]
async fn r14_a_lane_bounds_the_plans_inside_of_it() {
    #[fallback(hedge = "100ms", timeout = "500ms")]
    async fn outer(a: &Script, b: &Script) -> ductape::Result<(u32, String), Scripted> {
        #[primary("a")]
        {
            let attempt = ductape::attempt().expect("inside a block");
            a.call().await?;
            Ok((attempt.number(), attempt.idempotency_key()))
        }
        #[fallback("b")]
        {
            let attempt = ductape::attempt().expect("inside a block");
            assert_eq!((attempt.provider().as_str(), attempt.remaining()), ("b", ms(500)));
            b.call().await?;
            let still = ductape::attempt().expect("inside a block");
            assert_eq!((still.provider().as_str(), still.idempotency_key()), ("b", attempt.idempotency_key()));
            Ok((attempt.number(), attempt.idempotency_key()))
        }
    }
    let (a, b) = (Script::of([hang()]), Script::of([ok().after(50)]));
    let (number, _) = run(outer(&a, &b)).await.expect("b serves");
    assert_eq!((number, a.cut()), (1, 1));
}
