//! R91: what a reset clears, and what it leaves alone.

use ductape::{Forced, Patch, Phase, Verdict, fallback};
use serde_json::json;

use crate::support::{Answer, Script, Scripted, fail, ms, ok, seeded};

#[fallback(tag = "reset-pair", classify(Scripted::verdict), timeout = "1s", retry_budget = "1%")]
async fn pair(a: &Script, b: &Script) -> Answer {
    #[primary(
        "a",
        retries = 1,
        backoff(base = "1us", max = "1us", jitter = "none"),
        breaker(failures = 2, cooldown = "60s"),
        bulkhead = 1,
        rate_limit(rate = "2/h", burst = 4)
    )]
    {
        a.call().await
    }
    #[fallback("b")]
    {
        b.call().await
    }
}

#[tokio::test(start_paused = true)]
async fn r91_reset_clears_what_was_learnt_and_says_so() {
    let runtime = seeded();
    let (a, b) = (Script::of([fail(Verdict::Retry)]), Script::of([fail(Verdict::Throttled(ms(60_000))), ok()]));
    let plan = runtime.plan("reset-pair").expect("it is linked");
    runtime.scope(pair(&a, &b)).await.expect_err("both fail");
    runtime.scope(pair(&a, &b)).await.expect_err("nobody is asked");
    assert_eq!((a.calls(), b.calls()), (2, 1));

    let cleared = plan.reset();
    assert_eq!(cleared.plan, "reset-pair");
    let [first, second] = &cleared.providers[..] else { panic!("there are two") };
    let breaker = first.breaker.expect("it has one");
    assert!(matches!(breaker.phase, Phase::Open { retry_in } if retry_in <= ms(60_000)), "{breaker:?}");
    assert!(second.breaker.is_none() && second.throttled.is_some_and(|left| left <= ms(60_000) && left > ms(59_000)));
    assert_eq!((cleared.retries, cleared.stats.since_start.calls), (Some(1), 2));
    let shown = cleared.to_string();
    for said in ["cleared reset-pair", "a: breaker open for", "b: throttled for", "1 retries of the budget"] {
        assert!(shown.contains(said), "{shown}");
    }
    let data = serde_json::to_value(&cleared).expect("it serializes");
    assert_eq!((&data["providers"][0]["breaker"]["state"], &data["retries"]), (&json!("open"), &json!(1)));

    assert_eq!(plan.breaker("a").map(|reading| reading.phase), Some(Phase::Closed));
    assert_eq!(plan.stats().since_start.calls, 0);
    runtime.scope(pair(&a, &b)).await.expect("b serves");
    assert_eq!((a.calls(), b.calls()), (4, 2), "both are asked again");
    let events: Vec<_> = runtime
        .recent_events()
        .iter()
        .map(|event| serde_json::to_value(event).expect("data")["event"].clone())
        .collect();
    assert!(events.contains(&json!("reset")), "{events:?}");
}

#[tokio::test(start_paused = true)]
async fn r91_a_cleared_breaker_has_its_first_cooldown_again() {
    let runtime = seeded();
    let (a, b) = (Script::of([fail(Verdict::Retry)]), Script::of([ok()]));
    let plan = runtime.plan("reset-pair").expect("it is linked");
    plan.update(serde_json::from_value(json!({"providers": {"a": {"rate_limit": {"burst": 100}}}})).expect("a table"))
        .expect("sound");
    let open_for = || match plan.breaker("a").map(|reading| reading.phase) {
        Some(Phase::Open { retry_in }) => retry_in.as_secs_f64().round(),
        other => panic!("{other:?}"),
    };
    runtime.scope(pair(&a, &b)).await.expect("b serves");
    assert!((open_for() - 60.0).abs() < 0.5);
    tokio::time::advance(ms(61_000)).await;
    runtime.scope(pair(&a, &b)).await.expect("b serves");
    assert!((open_for() - 120.0).abs() < 0.5, "it reopened");
    plan.reset();
    runtime.scope(pair(&a, &b)).await.expect("b serves");
    assert!((open_for() - 60.0).abs() < 0.5);
}

#[tokio::test(start_paused = true)]
async fn r91_reset_leaves_what_people_have_said_and_what_protects_providers() {
    let runtime = seeded();
    let (a, b) = (Script::of([ok()]), Script::of([ok()]));
    let plan = runtime.plan("reset-pair").expect("it is linked");
    plan.update(Patch::new().provider("b", Patch::new().retries(7))).expect("it is sound");
    plan.force_breaker("a", Some(Forced::Closed));
    plan.cordon("b", "why not").expect("there is one");
    for _ in 0..4 {
        runtime.scope(pair(&a, &b)).await.expect("a serves");
    }
    let before = plan.plan().to_string();
    plan.reset();
    assert_eq!(plan.plan().to_string(), before);
    assert_eq!(plan.plan().providers()[1].retries(), 7);
    assert_eq!(plan.cordoned("b").as_deref(), Some("why not"));
    assert_eq!(plan.breaker("a").and_then(|reading| reading.forced), Some(Forced::Closed));
    runtime.scope(pair(&a, &b)).await.expect_err("the tokens of a are used up still");
    assert_eq!(a.calls(), 4);
}
