//! The documents that the project comes from load as they stand there, as JSON.

use std::fs;
use std::time::Duration;

use ductape_definition::{
    Apps, Change, ChoiceKind, DataType, Definition, Definitions, Fallback, Healthcheck, Kind, Process, ProcessAction,
    Run,
};
use serde_json::json;

pub(crate) const ALL: [&str; 6] =
    ["payment-fallback", "sms-fallback", "stripe-health", "smart-payment", "process-payment", "sms-quota"];

pub(crate) fn text(name: &str) -> String {
    let path = format!("{}/tests/definitions/seeds/{name}.json", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(path).expect("the document is there")
}

fn read(name: &str) -> Definition {
    Definition::from_json(&text(name)).unwrap_or_else(|invalid| panic!("{name}: {invalid}"))
}

#[test]
fn each_document_loads_as_what_it_is() {
    let kinds = ALL.map(|name| (read(name).kind(), read(name).tag().to_owned()));
    let expected = [Kind::Fallback, Kind::Fallback, Kind::Healthcheck, Kind::Fallback, Kind::Feature, Kind::Quota];
    for (at, (kind, tag)) in kinds.into_iter().enumerate() {
        assert_eq!((kind, tag.as_str()), (expected[at], ALL[at]));
    }
}

#[test]
fn a_fallback_is_all_that_was_written() {
    let Definition::Fallback(payment) = read("payment-fallback") else { panic!("a fallback") };
    assert_eq!(payment.name.as_deref(), Some("Payment Provider Fallback"));
    assert_eq!(payment.input.get("customerId").map(|field| field.data_type), Some(DataType::String));
    assert_eq!(payment.providers(), ["stripe", "paypal", "square"]);
    let retries: Vec<_> = payment.options.iter().map(|option| option.policies.retries).collect();
    assert_eq!(retries, [Some(2), Some(2), Some(1)]);
    assert!(payment.options.iter().all(|option| option.kind == ChoiceKind::Action));
    assert_eq!(payment.options[0].healthcheck.as_deref(), Some("stripe-health"));
}

#[test]
fn a_healthcheck_counts_in_milliseconds() {
    let Definition::Healthcheck(stripe) = read("stripe-health") else { panic!("a healthcheck") };
    assert_eq!(stripe.interval, Duration::from_secs(60));
    assert_eq!(stripe.envs[0].slug, "prd");
    assert!(stripe.envs[0].input.is_empty());
}

#[test]
fn they_are_sound_together_and_healthchecks_may_follow() {
    let mut definitions = Definitions::default();
    for name in ALL {
        assert_eq!(definitions.insert(read(name)), Ok(None));
    }
    assert_eq!(definitions.check(None), Ok(()));
    let pending: Vec<_> = definitions.pending().into_iter().collect();
    assert_eq!(pending, ["nexmo-health", "paypal-health", "twilio-health", "vonage-health"]);
    let incomplete = definitions.check_complete(None).expect_err("four healthchecks are missing");
    assert_eq!(incomplete.faults().len(), 6, "{incomplete}");
    let apps = Apps::default();
    assert!(definitions.check(Some(&apps)).is_err(), "there is no app");
}

#[test]
fn the_update_replaces_options_and_keeps_the_rest() {
    let patch = serde_json::from_str(&text("patch")).expect("JSON");
    let Ok(Definition::Fallback(updated)) = read("payment-fallback").patched(&patch) else { panic!("a fallback") };
    assert_eq!(updated.description.as_deref(), Some("Updated payment provider fallback"));
    assert_eq!(updated.providers(), ["stripe", "adyen"]);
    assert_eq!(updated.name.as_deref(), Some("Payment Provider Fallback"));
    assert_eq!(updated.options[0].policies.retries, Some(3));
}

#[test]
fn what_a_fetch_gives_can_be_sent_back() {
    let mut fetched = read("stripe-health").to_value();
    fetched["version"] = json!(3);
    assert!(Healthcheck::from_value(&fetched).is_ok());
    let mut fetched = read("smart-payment").to_value();
    fetched["options"][0]["provider_status"] = json!("healthy");
    fetched["options"][0]["lastAvailable"] = json!(true);
    fetched["options"][0]["last_checked"] = json!("2026-01-01T00:00:00Z");
    assert_eq!(Fallback::from_value(&fetched).map(Definition::from), Ok(read("smart-payment")));
}

#[test]
fn runs_load() {
    let run = Run::from_value(&json!({
        "env": "prd", "product": "my-product", "tag": "payment-fallback",
        "input": { "amount": 2500, "currency": "USD", "customerId": "cus_123" },
        "session": { "tag": "user-session", "token": "session-token" },
        "cache": "payment-cache",
    }))
    .expect("a run");
    let same = Run::new("payment-fallback")
        .input(json!({ "amount": 2500, "currency": "USD", "customerId": "cus_123" }))
        .env("prd")
        .product("my-product")
        .session("user-session", "session-token")
        .cache("payment-cache");
    assert_eq!(run, same);
    assert!(!format!("{run:?}").contains("session-token"), "a token is a secret");
}

#[test]
fn process_requests_load() {
    for (action, input, read) in [
        ("trigger", json!({ "orderId": "12345", "reason": "timeout" }), ProcessAction::Trigger),
        ("update", json!({ "maxRetries": 3, "fallbackProvider": "paypal" }), ProcessAction::Update),
        ("RESET", json!(null), ProcessAction::Reset),
    ] {
        let request = Process::from_value(&json!({
            "env": "prd", "product": "my-app", "fallback_tag": "payment-failure", "action": action, "input": input,
            "session": { "tag": "user-session", "token": "eyJhbGciOi..." },
        }))
        .expect("a request");
        assert_eq!((request.action, &request.input), (read, &input));
    }
    let change = Change::from_value(&json!({ "maxRetries": 3, "fallbackProvider": "paypal" })).expect("a change");
    assert_eq!((change.max_retries, change.fallback_provider.as_deref()), (Some(3), Some("paypal")));
    assert!(Process::from_value(&json!({ "fallback_tag": "a", "action": "explode" })).is_err());
}
