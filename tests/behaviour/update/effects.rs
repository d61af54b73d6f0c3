//! What is in force after an update.

use std::pin::pin;

use ductape::{Bulkhead, Outcome, Patch, Percent, Pick, Policy, Rate, RateLimit, Verdict, action, fallback};
use serde_json::json;
use tokio::time::Instant;

use super::{handle, pair, patch, shares};
use crate::support::{Answer, Script, Scripted, begin, fail, hang, ms, ok, seeded};

#[tokio::test(start_paused = true)]
async fn r90_new_weights_are_exact_from_the_next_run_on() {
    let (runtime, a, b) = (seeded(), Script::of([ok()]), Script::of([ok()]));
    let plan = handle(&runtime, "update-quota");
    for _ in 0..100 {
        runtime.scope(shares(&a, &b)).await.expect("they work");
    }
    assert_eq!((a.calls(), b.calls()), (70, 30));
    let changes =
        plan.update(patch(json!({"providers": {"a": {"weight": 20}, "b": {"weight": 80}}}))).expect("it adds up");
    let shown: Vec<_> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["providers.a.weight: 70 → 20", "providers.b.weight: 30 → 80"]);
    for _ in 0..100 {
        runtime.scope(shares(&a, &b)).await.expect("they work");
    }
    assert_eq!((a.calls(), b.calls()), (70 + 20, 30 + 80));
    assert_eq!(plan.plan().provider("a").and_then(ductape::Provider::weight), Some(20));
    assert_eq!(
        ductape::plan("update-quota").expect("it is linked").providers()[0].weight(),
        Some(70),
        "the code's stays"
    );
}

#[tokio::test(start_paused = true)]
async fn r90_an_update_without_weights_leaves_the_order_of_picks_alone() {
    let picks = async |update: bool| {
        let (runtime, a, b) = (seeded(), Script::of([ok()]), Script::of([ok()]));
        let mut served = String::new();
        for round in 0..50 {
            if update && round == 7 {
                handle(&runtime, "update-quota").update(Patch::new().timeout(ms(300))).expect("it is sound");
            }
            served.push_str(&runtime.scope(shares(&a, &b)).await.expect("they work").provider);
        }
        served
    };
    assert_eq!(picks(true).await, picks(false).await);
}

#[tokio::test(start_paused = true)]
async fn r90_a_run_under_way_keeps_the_definition_that_it_began_with() {
    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Retry).after(10)]), Script::of([ok()]));
    let plan = handle(&runtime, "update-pair");
    let mut run = pin!(runtime.scope(pair(&a, &b)));
    begin(run.as_mut()).await;
    plan.update(Patch::new().provider("a", Patch::new().retries(0))).expect("it is sound");
    run.await.expect("b serves");
    assert_eq!(a.calls(), 2, "it began with one retry");
    runtime.scope(pair(&a, &b)).await.expect("b serves");
    assert_eq!(a.calls(), 3, "this one began with none");
}

#[tokio::test(start_paused = true)]
async fn r90_timeouts_backoffs_and_deadlines_take_effect() {
    let (runtime, a, b) = (seeded(), Script::of([hang()]), Script::of([ok()]));
    let plan = handle(&runtime, "update-pair");
    let json = json!({
        "deadline": "1s",
        "timeout": "100ms",
        "providers": {"a": {"retries": 2, "timeout": "200ms", "backoff": {"base": "50ms", "max": "50ms"}}},
    });
    plan.update(patch(json)).expect("it is sound");
    let began = Instant::now();
    runtime.scope(pair(&a, &b)).await.expect("b serves");
    assert_eq!(a.times(), [0, 250, 500]);
    assert_eq!(began.elapsed(), ms(700));
    let plan = plan.plan();
    assert_eq!(plan.deadline(), Some(ms(1_000)));
    assert_eq!(plan.providers()[1].timeout(), ms(100), "what is given for all");
}

#[tokio::test(start_paused = true)]
async fn r90_a_policy_that_was_not_there_begins() {
    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Failover)]), Script::of([ok()]));
    let plan = handle(&runtime, "update-pair");
    plan.update(patch(json!({"providers": {"a": {"breaker": {"failures": 2, "cooldown": "10s"}}}})))
        .expect("it is sound");
    for _ in 0..4 {
        runtime.scope(pair(&a, &b)).await.expect("b serves");
    }
    assert_eq!((a.calls(), b.calls()), (2, 4));
    // Taken back, it is gone; given again, it stands where it stood.
    plan.update(patch(json!({"providers": {"a": {"breaker": null}}}))).expect("it is sound");
    assert_eq!(plan.breaker("a"), None);
    runtime.scope(pair(&a, &b)).await.expect("b serves");
    assert_eq!(a.calls(), 3);
    plan.update(patch(json!({"breaker": {"failures": 2}}))).expect("it is sound");
    runtime.scope(pair(&a, &b)).await.expect("b serves");
    assert_eq!(a.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn r90_policies_are_switched_off_and_on() {
    #[action(
        tag = "update-switched",
        app = "a",
        breaker(failures = 1, cooldown = "1h"),
        bulkhead = 1,
        rate_limit(rate = "1/h", burst = 100),
        retries = 1,
        retry_budget = "1%",
        backoff(base = "1ms", jitter = "none"),
        classify(Scripted::verdict)
    )]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Failover)]));
    let steered = handle(&runtime, "update-switched");
    runtime.scope(plan(&a)).await.expect_err("it fails");
    runtime.scope(plan(&a)).await.expect_err("the breaker is open");
    assert_eq!(a.calls(), 1);
    steered.update(patch(json!({"breaker": {"enabled": false}}))).expect("there is one");
    runtime.scope(plan(&a)).await.expect_err("it fails");
    assert_eq!(a.calls(), 2);
    let shown = serde_json::to_value(steered.plan()).expect("it serializes");
    assert_eq!(shown["providers"][0]["breaker"], json!(null));
    steered.update(Patch::new().provider("a", Patch::new().on(Policy::Breaker))).expect("there is one");
    runtime.scope(plan(&a)).await.expect_err("the breaker is open still");
    assert_eq!(a.calls(), 2);
    for policy in [Policy::Bulkhead, Policy::RateLimit, Policy::RetryBudget] {
        let changes = steered.update(Patch::new().off(policy)).expect("there is one");
        assert_eq!(changes.len(), 1, "{policy}: {changes:?}");
    }
    let off = steered.plan();
    let provider = &off.providers()[0];
    assert_eq!((off.retry_budget(), provider.bulkhead(), provider.rate_limit()), (None, None, None));
}

#[tokio::test(start_paused = true)]
async fn r90_fewer_places_hold_for_those_who_come_and_more_let_in_those_who_wait() {
    #[action(tag = "update-places", app = "a", bulkhead(max = 2, wait = "1m"), timeout = "1h")]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([ok().after(10_000), ok().after(20_000), ok()]));
    let steered = handle(&runtime, "update-places");
    let (mut one, mut two, mut three) =
        (pin!(runtime.scope(plan(&a))), pin!(runtime.scope(plan(&a))), pin!(runtime.scope(plan(&a))));
    begin(one.as_mut()).await;
    begin(two.as_mut()).await;
    steered.update(Patch::new().bulkhead(Bulkhead::new(1))).expect("it is sound");
    begin(three.as_mut()).await;
    assert_eq!(steered.bulkhead("a").map(|places| (places.taken, places.waiting)), Some((2, 1)));
    one.await.expect("it works");
    begin(three.as_mut()).await;
    assert_eq!(a.calls(), 2, "there is one place, and it is taken");
    steered.update(Patch::new().bulkhead(Bulkhead::new(2))).expect("it is sound");
    three.await.expect("the new place is its");
    assert_eq!(a.running(), 1);
    two.await.expect("it works");
}

#[tokio::test(start_paused = true)]
async fn r71_what_was_consumed_stays_consumed() {
    #[action(tag = "update-rate", app = "a", rate_limit = "2/s")]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([ok()]));
    let steered = handle(&runtime, "update-rate");
    for _ in 0..2 {
        runtime.scope(plan(&a)).await.expect("there are two");
    }
    steered.update(Patch::new().rate_limit(RateLimit::new(Rate::per_second(100)))).expect("it is sound");
    runtime.scope(plan(&a)).await.expect_err("an empty bucket is empty still");
    tokio::time::advance(ms(10)).await;
    runtime.scope(plan(&a)).await.expect("and fills at the new rate");
    assert_eq!(a.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn r71_another_rate_holds_from_the_update_on_and_not_from_the_next_call() {
    #[action(tag = "update-rate-idle", app = "a", rate_limit(rate = "1/h", burst = 1))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([ok()]));
    let steered = handle(&runtime, "update-rate-idle");
    let to = |rate: Rate, burst| Patch::new().rate_limit(RateLimit::new(rate).burst(burst));
    runtime.scope(plan(&a)).await.expect("there is one");
    steered.update(to(Rate::per_second(1), 1)).expect("it is sound");
    tokio::time::advance(ms(1_000)).await;
    runtime.scope(plan(&a)).await.expect("a second is enough now");
    steered.update(to(Rate::per_second(100), 100)).expect("it is sound");
    tokio::time::advance(ms(1_000)).await;
    for _ in 0..100 {
        runtime.scope(plan(&a)).await.expect("there are a hundred");
    }
    steered.update(to(Rate::per_hour(1), 100)).expect("it is sound");
    tokio::time::advance(ms(1_000)).await;
    runtime.scope(plan(&a)).await.expect_err("a second is not enough any more");
    assert_eq!(a.calls(), 102);
}

#[tokio::test(start_paused = true)]
async fn r90_a_cache_keeps_what_it_has_and_judges_it_anew() {
    #[action(tag = "update-cached", app = "a", cache(ttl = "60s", key(key)))]
    async fn plan(a: &Script, key: u32) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([ok()]));
    let steered = handle(&runtime, "update-cached");
    let calls = async |expected: usize| {
        runtime.scope(plan(&a, 1)).await.expect("it works");
        assert_eq!(a.calls(), expected);
    };
    calls(1).await;
    tokio::time::advance(ms(10_000)).await;
    calls(1).await;
    steered.update(patch(json!({"cache": {"ttl": "5s"}}))).expect("it is sound");
    calls(2).await;
    steered.update(patch(json!({"cache": {"enabled": false}}))).expect("it is sound");
    calls(3).await;
    steered.update(patch(json!({"cache": {"enabled": true}}))).expect("it is sound");
    calls(3).await;
}

#[tokio::test(start_paused = true)]
async fn r90_a_hedge_is_moved_and_switched_off() {
    #[fallback(tag = "update-hedged", hedge = "100ms", timeout = "1s")]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let runtime = seeded();
    let steered = handle(&runtime, "update-hedged");
    for (json, served_by, after) in [
        (json!({"hedge": "300ms"}), "b", 300),
        (json!({"hedge": {"enabled": false}}), "a", 500),
        (json!({"hedge": null}), "b", 100),
    ] {
        steered.update(patch(json)).expect("it is sound");
        let (a, b) = (Script::of([ok().after(500)]), Script::of([ok()]));
        let outcome = runtime.scope(plan(&a, &b)).await.expect("it works");
        assert_eq!((outcome.provider.as_str(), outcome.elapsed), (served_by, ms(after)));
    }
    // Without hedges, the next provider follows the one that has failed.
    steered.update(Patch::new().off(Policy::Hedge)).expect("there is one");
    let (a, b) = (Script::of([fail(Verdict::Retry).after(700)]), Script::of([ok()]));
    let outcome = runtime.scope(plan(&a, &b)).await.expect("b serves");
    assert_eq!((outcome.provider.as_str(), b.times()), ("b", vec![700]));
}

#[tokio::test(start_paused = true)]
async fn r90_every_clause_of_a_plan_can_be_built() {
    let (runtime, a, b) = (seeded(), Script::of([ok()]), Script::of([ok()]));
    let steered = handle(&runtime, "update-quota");
    let built = Patch::new()
        .deadline(ms(5_000))
        .timeout(ms(1_500))
        .total(1_000)
        .pick(Pick::Random)
        .failover(false)
        .retry_budget(Percent::hundredths(1_250))
        .provider("a", Patch::new().weight(1_000).retries(3).cost(0.5))
        .provider("b", Patch::new().weight(0));
    let read = json!({
        "deadline": "5s", "timeout": "1.5s", "total": 1000, "pick": "random", "failover": false,
        "retry_budget": {"share": "12.5%"},
        "providers": {"a": {"weight": 1000, "retries": 3, "cost": 0.5}, "b": {"weight": 0}},
    });
    assert_eq!(built, patch(read.clone()));
    assert_eq!(serde_json::to_value(&built).expect("it serializes"), read);
    steered.update(built).expect("it is sound");
    for _ in 0..20 {
        let outcome: Outcome<usize> = runtime.scope(shares(&a, &b)).await.expect("a works");
        assert_eq!(outcome.provider, "a", "b is drained");
    }
    let plan = steered.plan();
    assert_eq!((plan.pick(), plan.failover(), plan.worst_case().attempts), (Pick::Random, false, 4));
}
