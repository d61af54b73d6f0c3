//! However a hedged run ends, nothing of it is left.

use std::pin::pin;
use std::sync::Arc;

use ductape::{Phase, Verdict, fallback};
use tokio::time::advance;

use super::two;
use crate::support::{Answer, Script, Scripted, begin, fail, hang, ms, ok, panics, run, seeded};

#[fallback(tag = "hedge-guarded", classify(Scripted::verdict), hedge = "100ms", timeout = "1s")]
async fn guarded(a: &Script, b: &Script) -> Answer {
    #[primary("a", bulkhead = 1, breaker(failures = 1, cooldown = "60s"))]
    {
        a.call().await
    }
    #[fallback(
        "b",
        bulkhead = 1,
        breaker(failure_rate = "50%", window = "10s", min_calls = 1, slow_call = "200ms", cooldown = "60s")
    )]
    {
        b.call().await
    }
}

#[tokio::test(start_paused = true)]
async fn r80_dropping_a_hedged_run_gives_back_what_every_lane_held() {
    let (runtime, a, b) = (seeded(), Script::of([hang()]), Script::of([hang()]));
    let plan = runtime.plan("hedge-guarded").expect("it is linked");
    for wait in [0, 50, 100, 150] {
        let mut caller = Box::pin(runtime.scope(guarded(&a, &b)));
        begin(caller.as_mut()).await;
        advance(ms(wait)).await;
        begin(caller.as_mut()).await;
        drop(caller);
        for provider in ["a", "b"] {
            assert_eq!(plan.bulkhead(provider).expect("it has one").taken, 0, "{provider} after {wait} ms");
        }
        assert_eq!((a.running(), b.running()), (0, 0));
    }
    drop(runtime.scope(guarded(&a, &b)));
    assert_eq!((a.calls(), b.calls()), (4, 2));
    assert_eq!(plan.stats().since_start.dropped, 4);
}

#[tokio::test(start_paused = true)]
async fn r80_the_loser_gives_back_its_place() {
    let (runtime, a, b) = (seeded(), Script::of([hang()]), Script::of([ok()]));
    for _ in 0..3 {
        runtime.scope(guarded(&a, &b)).await.expect("b serves");
        assert_eq!(runtime.plan("hedge-guarded").expect("it is linked").bulkhead("a").expect("it has one").taken, 0);
    }
    assert_eq!((a.calls(), a.cut(), b.calls()), (3, 3, 3));
}

#[tokio::test(start_paused = true)]
async fn r65_a_loser_counts_as_nothing_in_form_1() {
    let (runtime, a, b) = (seeded(), Script::of([hang()]), Script::of([ok()]));
    runtime.scope(guarded(&a, &b)).await.expect("b serves");
    let reading = runtime.plan("hedge-guarded").expect("it is linked").breaker("a").expect("it has one");
    assert_eq!(reading.phase, Phase::Closed);
}

#[tokio::test(start_paused = true)]
async fn r65_in_form_2_a_loser_that_ran_long_is_a_failure() {
    let (runtime, a, b) = (seeded(), Script::of([ok().after(350)]), Script::of([hang()]));
    runtime.scope(guarded(&a, &b)).await.expect("a serves");
    // b began at 100 ms, and had run for longer than a slow call when it was dropped.
    let reading = runtime.plan("hedge-guarded").expect("it is linked").breaker("b").expect("it has one");
    assert!(matches!(reading.phase, Phase::Open { .. }), "{reading:?}");
}

#[tokio::test(start_paused = true)]
async fn r65_in_form_2_a_loser_that_ran_shortly_is_none() {
    let (runtime, a, b) = (seeded(), Script::of([ok().after(250)]), Script::of([hang()]));
    runtime.scope(guarded(&a, &b)).await.expect("a serves");
    let reading = runtime.plan("hedge-guarded").expect("it is linked").breaker("b").expect("it has one");
    assert_eq!(reading.phase, Phase::Closed);
}

#[tokio::test(start_paused = true)]
async fn r81_a_panic_in_a_lane_unwinds_after_all_lanes_have_cleaned_up() {
    let (runtime, a, b) = (seeded(), Arc::new(Script::of([hang()])), Arc::new(Script::of([panics().after(10)])));
    let caller = tokio::spawn({
        let (runtime, a, b) = (runtime.clone(), Arc::clone(&a), Arc::clone(&b));
        async move { runtime.scope(guarded(&a, &b)).await.is_ok() }
    });
    assert!(caller.await.expect_err("b panics").is_panic());
    assert_eq!((a.running(), b.running(), a.cut()), (0, 0, 1));
    let plan = runtime.plan("hedge-guarded").expect("it is linked");
    assert_eq!(plan.bulkhead("a").expect("it has one").taken, 0);
    assert_eq!(plan.bulkhead("b").expect("it has one").taken, 0);
    assert_eq!(plan.breaker("a").expect("it has one").phase, Phase::Closed, "a was only dropped");
    let of_b = plan.breaker("b").expect("it has one").phase;
    assert!(matches!(of_b, Phase::Open { .. }), "a panic is a failure: {of_b:?}");
    let stats = plan.stats();
    assert_eq!((stats.in_flight, stats.since_start.failures), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn r82_a_lane_that_spends_tokios_budget_does_not_hold_up_the_others() {
    #[fallback(hedge = "200ms", timeout = "10s")]
    async fn greedy(busy: &Script, b: &Script) -> Answer {
        #[primary("a")]
        {
            let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
            let _cut = busy.calls();
            loop {
                // As many ready things as there may be in one poll, and then some.
                for _ in 0..200 {
                    sender.send(()).expect("the receiver is there");
                }
                for _ in 0..200 {
                    receiver.recv().await;
                }
                tokio::time::sleep(ms(1)).await;
            }
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }
    let (busy, b) = (Script::of([hang()]), Script::of([ok().after(50)]));
    let outcome = run(greedy(&busy, &b)).await.expect("b serves");
    assert_eq!(outcome.elapsed, ms(250));
}

#[tokio::test(start_paused = true)]
async fn r5_a_hedged_run_calls_nobody_twice_for_one_turn() {
    let (a, b) = (Script::of([fail(Verdict::Retry).after(300)]), Script::of([fail(Verdict::Retry).after(300)]));
    run(two(&a, &b)).await.expect_err("both fail");
    assert_eq!((a.calls(), b.calls()), (1, 1));
    let mut later = pin!(run(two(&a, &b)));
    begin(later.as_mut()).await;
    assert_eq!((a.calls(), b.calls()), (2, 1), "the next run starts from the top");
}
