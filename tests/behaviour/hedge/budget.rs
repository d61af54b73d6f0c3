//! R72: hedges are paid for, failover is not.

use std::sync::Arc;

use ductape::{Verdict, fallback};
use tokio::task::JoinSet;

use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, seeded, trail};

#[fallback(tag = "hedge-budget", classify(Scripted::verdict), hedge = "10ms", timeout = "1s", retry_budget = "1%")]
async fn poor(a: &Script, b: &Script) -> Answer {
    #[primary("a")]
    {
        a.call().await
    }
    #[fallback("b")]
    {
        b.call().await
    }
}

#[tokio::test(start_paused = true)]
async fn r72_hedges_are_within_the_budget() {
    let (runtime, a, b) = (seeded(), Arc::new(Script::of([hang()])), Arc::new(Script::of([ok()])));
    let mut callers = JoinSet::new();
    for _ in 0..500 {
        let (runtime, a, b) = (runtime.clone(), Arc::clone(&a), Arc::clone(&b));
        callers.spawn(async move { runtime.scope(poor(&a, &b)).await });
    }
    let answers = callers.join_all().await;
    // Ten a second over ten seconds, and not one more: then those that time out go on to b, which is failover.
    let hedged = answers.iter().flatten().filter(|outcome| outcome.elapsed == ms(10)).count();
    let failed_over = answers.iter().flatten().filter(|outcome| outcome.elapsed == ms(1_000)).count();
    assert_eq!((hedged, failed_over), (100, 400));
    let stats = runtime.plan("hedge-budget").expect("it is linked").stats();
    assert_eq!(
        (stats.since_start.hedges, stats.provider("b").expect("it is there").since_start.skips.over_budget),
        (100, 400)
    );
}

#[tokio::test(start_paused = true)]
async fn r72_the_trail_tells_of_a_hedge_that_was_not_paid_for_and_the_provider_is_still_there() {
    let (runtime, a, b) = (seeded(), Script::of([hang()]), Script::of([ok()]));
    for _ in 0..100 {
        runtime.scope(poor(&a, &b)).await.expect("b serves");
    }
    let b = Script::of([fail(Verdict::Retry)]);
    let error = runtime.scope(poor(&a, &b)).await.expect_err("both fail");
    assert_eq!(trail(&error), ["b skipped: OverBudget", "a 1 timed out after 1s", "b 1 failed: Retry"]);
}

#[tokio::test(start_paused = true)]
async fn r72_what_follows_a_failure_is_not_paid_for() {
    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Failover)]), Script::of([ok()]));
    for _ in 0..200 {
        runtime.scope(poor(&a, &b)).await.expect("b serves");
    }
    assert_eq!(b.calls(), 200);
    assert_eq!(runtime.plan("hedge-budget").expect("it is linked").stats().since_start.hedges, 0);
}

#[tokio::test(start_paused = true)]
async fn r72_a_hedged_plan_has_a_budget_of_a_tenth_unless_it_says_otherwise() {
    let budget = |tag| ductape::plan(tag).expect("it is linked").retry_budget().map(|budget| budget.to_string());
    assert_eq!(budget("hedge-two").as_deref(), Some("retry budget 10%"));
    assert_eq!(budget("hedge-budget").as_deref(), Some("retry budget 1%"));
}
