//! Whatever its size, a document is refused or read in bounded time.

use std::time::{Duration, Instant};

use ductape_definition::{Definition, Rule};
use serde_json::{Value, json};

use crate::{fallback, refused, said};

/// Far more than it takes, and far less than without limits.
fn quickly<T>(work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = work();
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    done
}

#[test]
fn ten_megabytes_are_refused() {
    let text = format!("{{\"tag\":\"{}\"}}", "a".repeat(10_000_000));
    let invalid = quickly(|| Definition::from_json(&text)).expect_err("too large");
    assert_eq!(invalid.faults()[0].rule, Rule::Limit);
    let value = fallback(&json!({ "description": "a".repeat(10_000_000) }));
    assert_eq!(quickly(|| refused(&value)), said(&[("$", Rule::Limit)]));
}

#[test]
fn ten_thousand_options_are_refused() {
    let options: Vec<_> = (0..10_000).map(|at| json!({ "app": format!("a{at}"), "event": "b" })).collect();
    let found = quickly(|| refused(&fallback(&json!({ "options": options }))));
    assert_eq!(found, said(&[("$.options", Rule::Limit)]));
    let events: Vec<_> =
        (0..257).map(|at| json!({ "type": "action", "app": "a", "event": format!("e{at}") })).collect();
    assert_eq!(refused(&json!({ "tag": "f", "events": events })), said(&[("$.events", Rule::Limit)]));
    let tier: Vec<_> = (0..63).map(|at| json!({ "app": format!("a{at}"), "event": "b" })).collect();
    let picked = json!([{ "app": "x", "event": "b", "weight": 50 }, { "app": "y", "event": "b", "weight": 50 }]);
    let quota = json!({ "tag": "q", "options": picked, "fallbacks": tier });
    assert_eq!(refused(&quota), said(&[("$.fallbacks", Rule::Limit)]));
}

#[test]
fn deep_nesting_is_refused() {
    let nested = |levels: usize| (0..levels).fold(json!("$Input{amount}"), |inner, _| json!({ "a": inner }));
    let option = |input: Value| fallback(&json!({ "options": [{ "app": "a", "event": "b", "input": input }] }));
    assert!(Definition::from_value(&option(nested(30))).is_ok());
    let found = refused(&option(nested(40)));
    assert!(
        found.len() == 1 && found[0].1 == Rule::Limit && found[0].0.starts_with("$.options[0].input.a.a"),
        "{found:?}"
    );
    assert_eq!(refused(&option(nested(1_000))), said(&[("$", Rule::Limit)]));
    let text = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(quickly(|| Definition::from_json(&text)).is_err());
}

#[test]
fn mappings_and_declared_fields_are_bounded() {
    let wide: serde_json::Map<_, _> = (0..2_000).map(|at| (format!("k{at}"), json!(at))).collect();
    let option = json!({ "options": [{ "app": "a", "event": "b", "input": wide }] });
    assert_eq!(refused(&fallback(&option)), said(&[("$.options[0].input", Rule::Limit)]));
    let fields: serde_json::Map<_, _> = (0..257).map(|at| (format!("f{at}"), json!({ "type": "any" }))).collect();
    assert_eq!(refused(&fallback(&json!({ "input": fields }))), said(&[("$.input", Rule::Limit)]));
}

#[test]
fn many_faults_are_named_up_to_a_limit_and_counted() {
    let mut value = fallback(&json!({}));
    for at in 0..20_000 {
        value[format!("key{at}")] = json!(at);
    }
    let invalid = quickly(|| Definition::from_value(&value)).expect_err("unknown keys");
    assert_eq!((invalid.faults().len(), invalid.more()), (50, 19_950));
    assert!(invalid.to_string().ends_with("and 19950 more"));
}
