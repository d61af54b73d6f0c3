//! Definitions as data, from the outside: what loads, what is refused, and how it is said.

mod drafts;
mod engine;
mod faults;
mod files;
mod inputs;
mod large;
mod patches;
mod properties;
mod requests;
mod schema;
mod seeds;
mod sets;
mod templates;
mod typed;

use ductape_definition::{Definition, Invalid, Rule};
use serde_json::{Value, json};

/// A fallback of two options, with these keys besides, or instead.
fn fallback(keys: &Value) -> Value {
    let mut fallback = json!({
        "tag": "pay",
        "input": { "amount": { "type": "number" } },
        "options": [{ "app": "stripe", "event": "charge" }, { "app": "paypal", "event": "pay" }],
    });
    merge(&mut fallback, keys);
    fallback
}

fn merge(value: &mut Value, keys: &Value) {
    for (key, inner) in keys.as_object().expect("keys are an object") {
        value[key] = inner.clone();
    }
}

/// What it is refused for: path and rule of each fault.
fn refused(value: &Value) -> Vec<(String, Rule)> {
    faults_of(&Definition::from_value(value).expect_err("it has faults"))
}

fn faults_of(invalid: &Invalid) -> Vec<(String, Rule)> {
    invalid.faults().iter().map(|fault| (fault.path.to_string(), fault.rule)).collect()
}

/// The same, to compare with.
fn said(faults: &[(&str, Rule)]) -> Vec<(String, Rule)> {
    faults.iter().map(|(path, rule)| ((*path).to_owned(), *rule)).collect()
}
