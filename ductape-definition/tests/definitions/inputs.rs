//! What a run's input must be.

use ductape_definition::{Definition, Inputs, Rule};
use serde_json::{Value, json};

use crate::{faults_of, said};

fn inputs() -> Inputs {
    serde_json::from_value(json!({
        "amount": { "type": "number" },
        "count": { "type": "integer", "default": 1 },
        "note": { "type": "string", "required": false },
        "extra": { "type": "any", "default": null },
    }))
    .expect("declared fields")
}

#[test]
fn zero_false_empty_and_null_are_values() {
    let given = json!({ "amount": 0, "note": "", "extra": false });
    assert_eq!(inputs().accept(&given), Ok(json!({ "amount": 0, "count": 1, "note": "", "extra": false })));
    assert_eq!(inputs().accept(&json!({ "amount": 1.5 })), Ok(json!({ "amount": 1.5, "count": 1, "extra": null })));
}

#[test]
fn missing_unknown_and_ill_typed_fields_are_told_together() {
    let invalid = inputs().accept(&json!({ "amout": 1, "count": 1.5, "note": null })).expect_err("four faults");
    let expected =
        said(&[("$", Rule::Missing), ("$.count", Rule::Form), ("$.note", Rule::Form), ("$.amout", Rule::UnknownKey)]);
    assert_eq!(faults_of(&invalid), expected);
    assert!(invalid.to_string().contains("did you mean `amount`?"), "{invalid}");
}

#[test]
fn an_input_that_is_handed_over_is_judged_alike() {
    let inputs = inputs();
    let whole = json!({ "amount": 0, "count": 2, "extra": null });
    assert_eq!(inputs.accept_owned(whole.clone()), Ok(whole));
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    for given in [
        json!({ "amount": 1.5 }),
        json!({ "amount": 1, "count": 1.5, "extra": 1 }),
        json!({ "amount": 1, "count": 1, "extra": deep }),
        json!({ "amount": 1, "count": 1, "extra": 1, "amout": 1 }),
        json!({ "count": 1, "extra": 1 }),
        json!([1]),
        Value::Null,
    ] {
        assert_eq!(inputs.accept_owned(given.clone()), inputs.accept(&given), "{given}");
    }
    assert_eq!(Inputs::default().accept_owned(Value::Null), Ok(json!({})));
}

#[test]
fn nothing_is_an_empty_input_and_else_an_input_is_an_object() {
    assert_eq!(Inputs::default().accept(&Value::Null), Ok(json!({})));
    assert_eq!(faults_of(&inputs().accept(&json!([1])).expect_err("a list")), said(&[("$", Rule::Form)]));
}

#[test]
fn large_and_deep_inputs_are_refused_at_once() {
    let deep = (0..100).fold(json!(1), |inner, _| json!({ "a": inner }));
    for input in [json!({ "note": "x".repeat(10_000_000) }), deep] {
        assert_eq!(faults_of(&inputs().accept(&input).expect_err("too much")), said(&[("$", Rule::Limit)]));
    }
    let many: serde_json::Map<_, _> = (0..50_000).map(|at| (format!("key{at}"), json!(1))).collect();
    let invalid = inputs().accept(&many.into()).expect_err("unknown fields");
    assert_eq!((invalid.faults().len(), invalid.more()), (50, 49_951));
}

#[test]
fn a_field_that_a_run_may_leave_out_can_be_referred_to() {
    let definition = json!({
        "tag": "pay",
        "input": { "note": { "type": "string", "required": false } },
        "options": [{ "app": "a", "event": "b", "input": { "text": "$Input{note}" } }],
    });
    assert!(Definition::from_value(&definition).is_ok());
}
