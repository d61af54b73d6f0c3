//! A definition with some keys changed is checked as a whole.

use ductape_definition::{Definition, Rule};
use serde_json::{Value, json};

use crate::{fallback, faults_of, said};

fn pay() -> Definition {
    Definition::from_value(&fallback(&json!({ "deadline": "20s", "retryBudget": "20%" }))).expect("a fallback")
}

fn patched(patch: &Value) -> Value {
    pay().patched(patch).unwrap_or_else(|invalid| panic!("{invalid}")).to_value()
}

#[test]
fn keys_are_replaced_in_either_spelling_and_taken_away() {
    let changed = patched(&json!({ "retryBudget": "10%", "deadline": null, "tag": "pay" }));
    assert_eq!(changed["retry_budget"], "10%");
    assert_eq!(changed.get("deadline"), None);
    assert_eq!(changed["options"], pay().to_value()["options"]);
}

#[test]
fn all_that_would_be_wrong_is_told() {
    let invalid = pay()
        .patched(&json!({ "tag": "other", "deadlin": "1s", "deadline": "1s", "timeout": "1s" }))
        .expect_err("three faults");
    let expected = said(&[("$.tag", Rule::Together), ("$.deadlin", Rule::UnknownKey), ("$.deadline", Rule::Sum)]);
    assert_eq!(faults_of(&invalid), expected);
    assert_eq!(faults_of(&pay().patched(&json!([])).expect_err("a list")), said(&[("$", Rule::Form)]));
    assert_eq!(
        faults_of(&pay().patched(&json!({ "options": null })).expect_err("none")),
        said(&[("$", Rule::Missing)])
    );
}

#[test]
fn a_key_in_both_spellings_is_told_as_where_it_is_created() {
    for twin in [
        json!({ "allUnhealthy": "fail", "all_unhealthy": "try" }),
        json!({ "allUnhealthy": null, "all_unhealthy": "try" }),
    ] {
        let invalid = pay().patched(&twin).expect_err("which one?");
        assert_eq!(faults_of(&invalid), said(&[("$.all_unhealthy", Rule::Duplicate)]), "{twin}");
    }
}

#[test]
fn what_it_defines_may_be_said_again_in_any_spelling() {
    for kind in ["FALLBACK", "fallback", "Fallback"] {
        assert_eq!(patched(&json!({ "kind": kind })), pay().to_value());
    }
    assert_eq!(
        faults_of(&pay().patched(&json!({ "kind": "QUOTA" })).expect_err("no quota")),
        said(&[("$.kind", Rule::Together)])
    );
}
