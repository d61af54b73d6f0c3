use std::time::Duration;

use ductape_catalog::{CatalogError, Run};
use ductape_runtime::{ErrorKind, Phase};
use serde_json::{Value, json};

use crate::support::{Act, Scripted, builder, catalog, verdict};

/// Over `a/x` and `b/x`, with more keys for the whole and for the first.
fn two(mut whole: Value, first: &Value) -> Value {
    let mut option = json!({ "app": "a", "event": "x" });
    for (key, value) in first.as_object().expect("keys") {
        option[key] = value.clone();
    }
    whole["tag"] = "two".into();
    whole["options"] = json!([option, { "app": "b", "event": "x" }]);
    whole
}

#[tokio::test(start_paused = true)]
async fn lists_of_errors_say_what_a_status_means() {
    for (status, calls) in [(503, (3, 1)), (404, (1, 1)), (402, (1, 0))] {
        let (a, b) = (Scripted::failing(status), Scripted::answering(json!({})));
        let catalog = catalog(&[("a/x", &a), ("b/x", &b)]).await;
        let first =
            json!({ "retries": 2, "retry_on": ["timeout", "5xx"], "failover_on": ["any"], "abort_on": ["402"] });
        catalog.fallbacks().create(two(json!({}), &first)).await.expect("it is sound");
        let result = catalog.fallbacks().run(Run::new("two")).await;
        assert_eq!((a.calls(), b.calls()), calls, "{status}");
        assert_eq!(result.is_err(), status == 402);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_tried_again_is_all_that_is_tried_again() {
    // The action's own word counts for what is in no list.
    for (status, classified, calls) in
        [(503, false, (3, 1)), (404, false, (1, 1)), (404, true, (3, 1)), (402, true, (1, 0))]
    {
        let (a, b) = (Scripted::failing(status), Scripted::answering(json!({})));
        let app = |app| if classified { a.action(app, "x").classify(verdict) } else { a.action(app, "x") };
        let catalog = builder().app("a", app).app("b", |app| b.action(app, "x")).open().await.expect("it opens");
        let first = json!({ "retries": 2, "retry_on": ["5xx"] });
        catalog.fallbacks().create(two(json!({}), &first)).await.expect("it is sound");
        let result = catalog.fallbacks().run(Run::new("two")).await;
        assert_eq!((a.calls(), b.calls()), calls, "{status}");
        assert_eq!(result.is_err(), calls.1 == 0);
    }
}

#[tokio::test(start_paused = true)]
async fn r21_a_timeout_is_tried_again_unless_a_list_says_otherwise() {
    for (lists, calls, kind) in [
        (json!({}), (3, 1), None),
        (json!({ "retry_on": ["timeout"] }), (3, 1), None),
        (json!({ "ambiguous_on": ["timeout"] }), (3, 1), None),
        (json!({ "abort_on": ["402"] }), (3, 1), None),
        (json!({ "failover_on": ["timeout"] }), (1, 1), None),
        (json!({ "failover_on": ["any"] }), (1, 1), None),
        (json!({ "retry_on": ["5xx"] }), (1, 1), None),
        (json!({ "abort_on": ["timeout"] }), (1, 0), Some(ErrorKind::Aborted)),
    ] {
        let (a, b) = (Scripted::new([Act::Slow(60_000, json!({}))]), Scripted::answering(json!({})));
        let catalog = catalog(&[("a/x", &a), ("b/x", &b)]).await;
        let mut first = lists.clone();
        (first["retries"], first["timeout"]) = (json!(2), json!("1s"));
        catalog.fallbacks().create(two(json!({}), &first)).await.expect("it is sound");
        let result = catalog.fallbacks().run(Run::new("two")).await;
        assert_eq!((a.calls(), b.calls()), calls, "{lists}");
        assert_eq!(result.err().and_then(|error| error.kind()), kind, "{lists}");
    }
}

#[tokio::test(start_paused = true)]
async fn r18_a_timeout_that_is_the_deadlines_is_no_abort() {
    let a = Scripted::new([Act::Slow(60_000, json!({}))]);
    let catalog = catalog(&[("a/x", &a)]).await;
    let late = json!({ "tag": "f", "deadline": "5s", "events": [
        { "type": "fallback", "event": "slow", "allow_fail": true }, { "type": "action", "app": "a", "event": "x",
        "timeout": "5s", "abort_on": ["timeout"] }] });
    let slow = json!({ "tag": "slow", "options": [{ "app": "a", "event": "x", "timeout": "1s" }] });
    catalog.fallbacks().create(slow).await.expect("it is sound");
    catalog.features().create(late).await.expect("it is sound");
    let error = catalog.features().run(Run::new("f")).await.expect_err("it takes too long");
    assert_eq!((error.kind(), a.calls()), (Some(ErrorKind::Deadline), 2));
}

#[tokio::test(start_paused = true)]
async fn without_lists_the_action_says_what_its_errors_mean() {
    let (a, b) = (Scripted::failing(402), Scripted::answering(json!({})));
    let builder = builder().app("a", |app| a.action(app, "x").classify(verdict)).app("b", |app| b.action(app, "x"));
    let catalog = builder.open().await.expect("it opens");
    catalog.fallbacks().create(two(json!({}), &json!({ "retries": 2 }))).await.expect("it is sound");
    let error = catalog.fallbacks().run(Run::new("two")).await.expect_err("it is aborted");
    assert_eq!((error.kind(), a.calls(), b.calls()), (Some(ErrorKind::Aborted), 1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_an_action_bounds_its_attempts() {
    let (a, b) = (Scripted::new([Act::Slow(60_000, json!({}))]), Scripted::answering(json!({})));
    let timeout = Duration::from_millis(200);
    let builder = builder().app("a", |app| a.action(app, "x").timeout(timeout)).app("b", |app| b.action(app, "x"));
    let catalog = builder.open().await.expect("it opens");
    catalog.fallbacks().create(two(json!({}), &json!({}))).await.expect("it is sound");
    let result = catalog.fallbacks().run(Run::new("two")).await.expect("b serves");
    assert_eq!((result.provider.as_str(), result.elapsed), ("b", timeout));
}

#[tokio::test(start_paused = true)]
async fn a_breaker_opens_and_spares_the_provider() {
    let (a, b) = (Scripted::failing(500), Scripted::answering(json!({})));
    let catalog = catalog(&[("a/x", &a), ("b/x", &b)]).await;
    catalog.fallbacks().create(two(json!({}), &json!({ "breaker": { "failures": 2 } }))).await.expect("it is sound");
    for _ in 0..5 {
        catalog.fallbacks().run(Run::new("two")).await.expect("b serves");
    }
    assert_eq!((a.calls(), b.calls()), (2, 5));
    let breaker = catalog.plan("two").expect("it runs").breaker("a").expect("it has one");
    assert!(matches!(breaker.phase, Phase::Open { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_hedge_starts_the_next_provider_beside_a_slow_one() {
    let (a, b) = (Scripted::new([Act::Slow(5_000, json!({ "by": "a" }))]), Scripted::answering(json!({ "by": "b" })));
    let catalog = catalog(&[("a/x", &a), ("b/x", &b)]).await;
    catalog.fallbacks().create(two(json!({ "hedge": "100ms" }), &json!({}))).await.expect("it is sound");
    let result = catalog.fallbacks().run(Run::new("two")).await.expect("b serves");
    assert_eq!((result.provider.as_str(), result.elapsed), ("b", Duration::from_millis(100)));
    assert_eq!((a.calls(), b.calls()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn limits_hold_and_the_deadline_ends_a_run() {
    let (a, b) = (Scripted::answering(json!({})), Scripted::answering(json!({})));
    let catalog = catalog(&[("a/x", &a), ("b/x", &b)]).await;
    catalog.fallbacks().create(two(json!({}), &json!({ "rate_limit": "2/m" }))).await.expect("it is sound");
    let patch = json!({ "options": [{ "app": "a", "event": "x", "rate_limit": { "rate": "60/m", "burst": 2 } }, { "app": "b", "event": "x" }] });
    catalog.fallbacks().update("two", patch).await.expect("it is sound");
    for _ in 0..4 {
        catalog.fallbacks().run(Run::new("two")).await.expect("somebody serves");
    }
    assert_eq!((a.calls(), b.calls()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn what_must_not_happen_twice_is_not_repeated_when_nobody_knows() {
    let (a, b) = (Scripted::new([Act::Slow(60_000, json!({}))]), Scripted::answering(json!({})));
    let builder = builder().app("a", |app| a.action(app, "x").at_most_once()).app("b", |app| b.action(app, "x"));
    let catalog = builder.open().await.expect("it opens");
    // A list tells of what the action answers; of an answer that never came, nobody knows anything.
    let first = json!({ "timeout": "1s", "retries": 3, "failover_on": ["timeout"] });
    catalog.fallbacks().create(two(json!({}), &first)).await.expect("it is sound");
    let error = catalog.fallbacks().run(Run::new("two")).await.expect_err("nobody knows");
    assert_eq!((error.kind(), a.calls(), b.calls()), (Some(ErrorKind::Ambiguous), 1, 0));
    catalog.caches().create(json!({ "tag": "kept", "expiry": "1m" })).await.expect("it is sound");
    let refused = catalog.fallbacks().run(Run::new("two").cache("kept")).await;
    assert!(matches!(refused, Err(CatalogError::NotCached { .. })), "{refused:?}");
    assert_eq!((a.calls(), b.calls()), (1, 0));
    let cached = two(json!({ "cache": { "expiry": "1m" } }), &json!({}));
    catalog.fallbacks().delete("two").await.expect("it is there");
    let refused = catalog.fallbacks().create(cached).await.expect_err("it cannot be cached");
    assert!(matches!(refused, CatalogError::Invalid(_)), "{refused}");
}
