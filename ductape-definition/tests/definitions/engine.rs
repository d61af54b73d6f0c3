//! The ranges are those of the attributes, and what is shown is what the engine shows.

use std::panic::catch_unwind;
use std::time::Duration;

use ductape_definition::{Definition, Fallback};
use ductape_runtime::__private::v0_1::check;
use serde_json::{Value, json};

use crate::fallback;

/// Whether the attributes' rule accepts it: it panics, while compiling, where it does not.
fn engine_accepts(rule: impl FnOnce() + std::panic::UnwindSafe) -> bool {
    catch_unwind(rule).is_ok()
}

fn accepts(keys: &Value) -> bool {
    Definition::from_value(&fallback(keys)).is_ok()
}

#[test]
fn ranges_are_those_of_the_attributes() {
    for retries in [0, 1, 100_000, 100_001] {
        assert_eq!(accepts(&json!({ "retries": retries })), engine_accepts(|| check::retries(retries)), "{retries}");
    }
    for count in [0, 1, 1_000_000, 1_000_001] {
        assert_eq!(accepts(&json!({ "bulkhead": count })), engine_accepts(|| check::count(count)), "{count}");
        let breaker = json!({ "breaker": { "failures": count } });
        assert_eq!(accepts(&breaker), engine_accepts(|| check::count(count)), "{count}");
    }
    for (text, nanos) in
        [("0.999us", 999), ("1us", 1_000), ("24h", 86_400_000_000_000), ("86400000001us", 86_400_000_001_000)]
    {
        let duration = Duration::from_nanos(nanos);
        assert_eq!(accepts(&json!({ "timeout": text })), engine_accepts(|| check::duration(duration)), "{text}");
    }
    for factor in [0.5, 1.0, 1_000_000.0, 1_000_001.0] {
        let backoff = json!({ "retries": 1, "backoff": { "factor": factor } });
        assert_eq!(accepts(&backoff), engine_accepts(|| check::factor(factor)), "{factor}");
    }
    for cost in [-0.1, 0.0, 1e12] {
        let option = json!({ "options": [{ "app": "a", "event": "b", "cost": cost }] });
        assert_eq!(accepts(&option), engine_accepts(|| check::cost(cost)), "{cost}");
    }
    for (weight, total) in [(0, 0), (1, 1), (64_000, 64_000), (64_001, 64_001)] {
        let quota = json!({ "tag": "q", "total": total, "options": [{ "app": "a", "event": "b", "weight": weight }] });
        let engine = engine_accepts(move || {
            check::weight(weight);
            check::total(total);
        });
        assert_eq!(Definition::from_value(&quota).is_ok(), engine, "{weight}");
    }
}

#[test]
fn defaults_and_notation_are_the_engines() {
    let defaults = fallback(&json!({ "retries": 1, "backoff": {}, "bulkhead": 10, "rate_limit": "100/s" }));
    let written = Fallback::from_value(&defaults).expect("a fallback").to_value();
    let engine = |value: serde_json::Result<Value>| value.expect("it is data");
    assert_eq!(written["backoff"], engine(serde_json::to_value(ductape_runtime::Backoff::new())));
    let rate = serde_json::to_value(ductape_runtime::Rate::per_second(100));
    assert_eq!(written["rate_limit"]["rate"], engine(rate));
    let bulkhead = engine(serde_json::to_value(ductape_runtime::Bulkhead::new(10)));
    assert_eq!(written["bulkhead"]["max"], bulkhead["max"]);
}
