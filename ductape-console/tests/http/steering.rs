use axum::http::Method;
use ductape::{Happened, Phase};
use serde_json::{Value, json};

use crate::support::{World, ask};

const TWILIO: &str = "/plans/sms-quota/providers/twilio";
const FIRST: &str = "/plans/ask/providers/first";

#[tokio::test(start_paused = true)]
async fn r90_a_patch_changes_a_plan_and_tells_what() {
    let world = World::new();
    let patch = r#"{"providers": {"twilio": {"weight": 50}, "nexmo": {"weight": 50}}}"#;
    let answer = world.send(Method::PATCH, "/plans/sms-quota", patch).await.json(200);
    let changed = json!([
        { "path": "providers.twilio.weight", "from": "70", "to": "50" },
        { "path": "providers.nexmo.weight", "from": "30", "to": "50" },
    ]);
    assert_eq!(answer, json!({ "plan": "sms-quota", "changed": changed }));
    let plan = world.runtime.plan("sms-quota").expect("it is linked").plan();
    assert_eq!(plan.providers()[0].weight(), Some(50));

    let again = world.send(Method::PATCH, "/plans/sms-quota", patch).await.json(200);
    assert_eq!(again["changed"], json!([]));
    let back = r#"{"providers": {"twilio": {"weight": null}, "nexmo": {"weight": null}}}"#;
    let back = world.send(Method::PATCH, "/plans/sms-quota", back).await.json(200);
    assert_eq!(back["changed"][0]["to"], "70");
}

#[tokio::test(start_paused = true)]
async fn r90_a_bad_patch_is_a_422_with_every_fault_and_changes_nothing() {
    let world = World::new();
    let patch = r#"{"providers": {"twilio": {"weight": 80, "timeout": "0s"}, "nexmoo": {}}, "colour": "red"}"#;
    let answer = world.send(Method::PATCH, "/plans/sms-quota", patch).await.json(422);
    let faults = answer["faults"].as_array().expect("a list");
    let mut paths: Vec<_> = faults.iter().map(|fault| fault["path"].as_str().unwrap_or_default()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["colour", "providers.nexmoo", "providers.twilio.timeout", "providers.twilio.weight"]);
    for fault in faults {
        for part in ["rule", "help"] {
            assert!(fault[part].as_str().is_some_and(|text| !text.is_empty()), "{fault}");
        }
    }
    assert_eq!(answer["error"].as_str().map(|error| error.lines().count()), Some(4));
    assert!(world.runtime.recent_events().is_empty());
}

#[tokio::test(start_paused = true)]
async fn r91_a_reset_tells_what_it_cleared() {
    let world = World::new();
    world.first_fails().await;
    world.first_fails().await;
    let cleared = world.send(Method::POST, "/plans/ask/reset", "").await.json(200);
    assert_eq!(cleared["providers"][0]["breaker"]["state"], "open");
    assert_eq!(cleared["stats"]["since_start"]["masked"], 2);
    let plan = world.runtime.plan("ask").expect("it is linked");
    assert_eq!(plan.breaker("first").map(|breaker| breaker.phase), Some(Phase::Closed));
    assert_eq!(plan.stats().since_start.calls, 0);
}

#[tokio::test(start_paused = true)]
async fn a_cordon_takes_a_provider_out_and_says_why() {
    let world = World::new();
    let sent = |path: String, body: &'static str| async {
        let path = path;
        world.send(Method::POST, &path, body).await
    };
    let stands = sent(format!("{FIRST}/cordon"), r#"{"reason": " they migrate "}"#).await.json(200);
    assert_eq!([&stands["provider"], &stands["cordoned"]], ["first", "they migrate"]);
    let answer = world.runtime.scope(ask(true)).await.expect("the second serves");
    assert_eq!(answer.provider, "second");

    let stands = sent(format!("{FIRST}/uncordon"), "").await.json(200);
    assert_eq!(stands["cordoned"], Value::Null);
    let answer = world.runtime.scope(ask(true)).await.expect("the first serves");
    assert_eq!(answer.provider, "first");
    let twice = sent(format!("{FIRST}/uncordon"), "").await.json(200);
    assert_eq!(twice["cordoned"], Value::Null);
    let told = world.runtime.recent_events();
    assert_eq!(told.iter().filter(|event| event.happened == Happened::Uncordoned).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_cordon_without_a_reason_is_refused() {
    let world = World::new();
    for (body, status, says) in [
        ("", 400, "the body is no JSON: EOF while parsing a value at line 1 column 0"),
        ("{}", 422, "the body is not what it must be: missing field `reason` at line 1 column 2"),
        (r#"{"reason": "  "}"#, 422, "the reason is empty; say why, for those who wonder where the calls are"),
        (r#"{"reason": 5}"#, 422, "the body is not what it must be: invalid type: integer `5`"),
        (r#"{"reason": "x", "until": 5}"#, 422, "the body is not what it must be: unknown field `until`"),
    ] {
        let error = world.send(Method::POST, &format!("{TWILIO}/cordon"), body).await.error(status);
        assert!(error.starts_with(says), "{error}");
    }
    let long = format!(r#"{{"reason": "{}"}}"#, "x".repeat(1_001));
    let error = world.send(Method::POST, &format!("{TWILIO}/cordon"), &long).await.error(422);
    assert_eq!(error, "the reason has 1001 bytes; at most 1000 are kept");
    assert!(world.runtime.recent_events().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_breaker_is_forced_released_and_reset() {
    let world = World::new();
    let breaker = |path: &'static str, body: &'static str| {
        let world = &world;
        async move { world.send(Method::POST, &format!("{FIRST}/{path}"), body).await.json(200)["breaker"].clone() }
    };
    let served = || async { world.runtime.scope(ask(true)).await.expect("one of them serves").provider };
    let forced = breaker("breaker", r#"{"force": "open"}"#).await;
    assert_eq!([&forced["state"], &forced["forced"]], ["closed", "open"]);
    assert_eq!(served().await, "second");
    let released = breaker("breaker", r#"{"force": null}"#).await;
    assert_eq!(released["forced"], Value::Null);
    assert_eq!(served().await, "first");

    world.first_fails().await;
    world.first_fails().await;
    assert_eq!(served().await, "second");
    let forced = breaker("breaker", r#"{"force": "closed"}"#).await;
    assert_eq!([&forced["state"], &forced["forced"]], ["open", "closed"]);
    assert_eq!(served().await, "first");
    breaker("breaker", r#"{"force": null}"#).await;
    assert_eq!(served().await, "second");
    let reset = breaker("breaker/reset", "").await;
    assert_eq!([&reset["state"], &reset["forced"]], [&json!("closed"), &Value::Null]);
    assert_eq!(served().await, "first");
}

#[tokio::test(start_paused = true)]
async fn a_breaker_is_forced_by_what_is_said_and_by_nothing_else() {
    let world = World::new();
    for (body, status, says) in [
        ("{}", 422, "missing field `force`"),
        (r#"{"force": "opened"}"#, 422, "unknown variant `opened`, expected `open` or `closed`"),
        (r#"{"force": "open", "for": "5m"}"#, 422, "unknown field `for`"),
        (r#"{"force": open}"#, 400, "the body is no JSON"),
    ] {
        let error = world.send(Method::POST, &format!("{FIRST}/breaker"), body).await.error(status);
        assert!(error.contains(says), "{error}");
    }
    for path in ["breaker", "breaker/reset"] {
        let path = format!("/plans/ask/providers/second/{path}");
        let error = world.send(Method::POST, &path, r#"{"force": "open"}"#).await.error(404);
        assert_eq!(error, "`second` has no breaker");
    }
    assert!(world.runtime.recent_events().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_is_not_there_is_a_404_with_those_that_are() {
    let world = World::new();
    for path in ["cordon", "uncordon", "breaker", "breaker/reset"] {
        let path = format!("/plans/sms-quota/providers/twillio/{path}");
        let answer = world.send(Method::POST, &path, "{}").await;
        assert_eq!(answer.error(404), "the plan `sms-quota` has no provider `twillio`; did you mean `twilio`?");
        assert_eq!(answer.json(404)["known"], json!(["twilio", "nexmo"]));
    }
    for (method, path) in [
        (Method::PATCH, "/plans/asks"),
        (Method::POST, "/plans/asks/reset"),
        (Method::POST, "/plans/asks/providers/first/cordon"),
    ] {
        let answer = world.send(method, path, "{}").await;
        assert_eq!(answer.error(404), "no plan has the tag `asks`; did you mean `ask`?");
    }
}
