//! Typed definitions, written as they stand, are those that are read.

use std::time::Duration;

use ductape_definition::{
    Backoff, Bulkhead, Cache, CacheUse, Choice, DataType, Definition, EnvInput, Event, Fallback, Feature, Healthcheck,
    InputField, Inputs, Kind, PlanPolicy, Policies, Process, ProcessAction, Quota, Rule, Run, Session,
};
use serde_json::{Value, json};

fn option(app: &str, weight: Option<u32>) -> Choice {
    Choice { app: Some(app.to_owned()), event: "send".to_owned(), weight, ..Choice::default() }
}

#[expect(clippy::needless_pass_by_value, reason = "it is written in place")]
fn is_read_from(typed: impl Into<Definition>, written: Value) {
    assert_eq!(typed.into(), Definition::from_value(&written).expect("it is sound"));
}

#[test]
fn literals_are_what_is_read() {
    let mut input = Inputs::default();
    let number = InputField { data_type: DataType::Number, required: Some(true), default: None, description: None };
    input.insert("amount", number);
    let fallback = Fallback {
        tag: "pay".to_owned(),
        input,
        options: vec![option("stripe", None), option("paypal", None)],
        cache: Some(CacheUse { expiry: Some(Duration::from_secs(60)), ..CacheUse::default() }),
        policy: PlanPolicy { deadline: Some(Duration::from_secs(40)), ..PlanPolicy::default() },
        defaults: Policies {
            retries: Some(1),
            backoff: Some(Backoff { factor: 3.0, ..Backoff::default() }),
            bulkhead: Some(Bulkhead { max: 5, wait: None, shadow: false }),
            ..Policies::default()
        },
        ..Fallback::default()
    };
    let options = json!([{ "app": "stripe", "event": "send" }, { "app": "paypal", "event": "send" }]);
    let written = json!({ "tag": "pay", "input": { "amount": { "type": "number", "required": true } }, "deadline": "40s",
        "cache": { "expiry": "1m" }, "retries": 1, "backoff": { "factor": 3 }, "bulkhead": 5, "options": options });
    is_read_from(fallback, written);

    let options = vec![option("twilio", Some(70)), option("nexmo", Some(30))];
    let quota = Quota { tag: "sms".to_owned(), options, ..Quota::default() };
    let options =
        json!([{ "app": "twilio", "event": "send", "weight": 70 }, { "app": "nexmo", "event": "send", "weight": 30 }]);
    is_read_from(quota, json!({ "tag": "sms", "options": options }));

    let event = Event { app: Some("stock".to_owned()), event: "reserve".to_owned(), ..Event::default() };
    let feature = Feature { tag: "order".to_owned(), events: vec![event], ..Feature::default() };
    let events = json!([{ "type": "action", "app": "stock", "event": "reserve" }]);
    is_read_from(feature, json!({ "tag": "order", "events": events }));

    let healthcheck = Healthcheck {
        tag: "stripe-health".to_owned(),
        app: "stripe".to_owned(),
        event: "ping".to_owned(),
        interval: Duration::from_secs(30),
        envs: vec![EnvInput { slug: "prd".to_owned(), ..EnvInput::default() }],
        ..Healthcheck::default()
    };
    let written =
        json!({ "tag": "stripe-health", "app": "stripe", "event": "ping", "interval": "30s", "envs": ["prd"] });
    is_read_from(healthcheck, written);

    let cache = Cache { tag: "results".to_owned(), expiry: Duration::from_secs(60), ..Cache::default() };
    is_read_from(cache, json!({ "tag": "results", "expiry": "1m" }));
}

#[test]
fn what_a_default_leaves_empty_is_refused() {
    let empty: [Definition; 5] = [
        Fallback::default().into(),
        Quota::default().into(),
        Feature::default().into(),
        Healthcheck::default().into(),
        Cache::default().into(),
    ];
    for (definition, kind) in
        empty.iter().zip([Kind::Fallback, Kind::Quota, Kind::Feature, Kind::Healthcheck, Kind::Cache])
    {
        assert_eq!(definition.kind(), kind);
        let invalid = Definition::of_kind(kind, &definition.to_value()).expect_err("there is nothing in it");
        assert!(invalid.faults().iter().any(|fault| fault.path.to_string() == "$.tag"), "{invalid}");
    }
}

#[test]
fn requests_are_literals_too() {
    let session = Session { tag: "user".to_owned(), token: "secret".to_owned() };
    let run = Run {
        tag: "pay".to_owned(),
        input: json!({ "amount": 1 }),
        session: Some(session.clone()),
        cache: Some("results".to_owned()),
        ..Default::default()
    };
    assert_eq!(run, Run::new("pay").input(json!({ "amount": 1 })).session("user", "secret").cache("results"));
    let process = Process {
        fallback_tag: "pay".to_owned(),
        action: ProcessAction::Update,
        input: json!({ "maxRetries": 3 }),
        session: Some(session),
        ..Default::default()
    };
    let built = Process::new("pay", ProcessAction::Update).input(json!({ "maxRetries": 3 })).session("user", "secret");
    assert_eq!(process, built);
}

#[test]
fn a_number_that_json_does_not_have_is_refused() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let dear = Choice { cost: Some(number), ..option("stripe", None) };
        let backoff = Some(Backoff { factor: number, ..Backoff::default() });
        let defaults = Policies { retries: Some(1), backoff, ..Policies::default() };
        let typed = Fallback { tag: "pay".to_owned(), options: vec![dear], defaults, ..Fallback::default() };
        let invalid = Fallback::from_value(&typed.to_value()).expect_err("two of them are no numbers");
        let expected = [("$.backoff.factor", Rule::Form), ("$.options[0].cost", Rule::Form)];
        assert_eq!(crate::faults_of(&invalid), crate::said(&expected), "{invalid}");
    }
}
