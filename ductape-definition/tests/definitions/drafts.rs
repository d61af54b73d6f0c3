//! What is wrong with a definition alone is told together with what is wrong among several.

use ductape_definition::{Action, Apps, Definition, Definitions, Draft, Invalid, Kind, Rule};
use serde_json::{Value, json};

use crate::{faults_of, said};

fn apps() -> Apps {
    let mut apps = Apps::default();
    apps.insert("stripe", "charge", Action::default());
    apps
}

/// A set with a sound fallback `pay` and a sound feature around it.
fn set() -> Definitions {
    let mut set = Definitions::default();
    let options = json!([{ "app": "stripe", "event": "charge", "output": { "id": 1 } }]);
    let events = json!([{ "type": "fallback", "event": "pay" }, { "type": "action", "app": "stripe", "event": "charge",
        "input": { "id": "$Sequence{pay}{id}" } }]);
    for value in [json!({ "tag": "pay", "options": options }), json!({ "tag": "around", "events": events })] {
        set.insert(Definition::from_value(&value).expect("it is sound")).expect("the tags differ");
    }
    set
}

fn refused(kind: Kind, value: &Value) -> Invalid {
    set().with(Draft::of_kind(kind, value), Some(&apps())).map(drop).expect_err("it has faults")
}

#[test]
fn all_faults_are_told_together() {
    let options = json!([
        { "app": "strip", "event": "charge", "retrys": 2 },
        { "type": "feature", "event": "nothing", "timeout": "5 parsecs" },
        { "app": "stripe", "event": "charge", "healthcheck": "stripe-health" },
    ]);
    let invalid = refused(Kind::Fallback, &json!({ "tag": "Bad Tag", "options": options, "cache": "none" }));
    let mut found = faults_of(&invalid);
    found.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [
        ("$.cache", Rule::Unknown),
        ("$.options[0].app", Rule::Unknown),
        ("$.options[0].retrys", Rule::UnknownKey),
        ("$.options[1].event", Rule::Unknown),
        ("$.options[1].timeout", Rule::Form),
        ("$.tag", Rule::Form),
    ];
    assert_eq!(found, said(&expected), "{invalid}");
    // The tag is taken, and that is not all.
    let events = json!([{ "type": "action", "app": "stripe", "event": "charg" }]);
    let invalid = refused(Kind::Feature, &json!({ "tag": "pay", "events": events, "deadline": 0 }));
    let mut found = faults_of(&invalid);
    found.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [("$.deadline", Rule::Range), ("$.events[0].event", Rule::Unknown), ("$.tag", Rule::Duplicate)];
    assert_eq!(found, said(&expected), "{invalid}");
}

#[test]
fn a_patch_is_judged_in_the_same_way() {
    let set = set();
    let pay = set.get(Kind::Fallback, "pay").expect("it is there");
    let patch = json!({ "options": [{ "app": "strip", "event": "charge" }], "tag": "other", "deadlin": "1s" });
    let invalid = set.with(Draft::patched(pay, &patch), Some(&apps())).map(drop).expect_err("three faults");
    let expected = [("$.tag", Rule::Together), ("$.deadlin", Rule::UnknownKey), ("$.options[0].app", Rule::Unknown)];
    assert_eq!(faults_of(&invalid), said(&expected), "{invalid}");
}

#[test]
fn nothing_is_said_that_follows_from_something_else() {
    // A name that is none is not looked for, and what an unsound definition yields nobody knows.
    for (option, expected) in [
        (json!({ "app": "Stripe!", "event": "charge", "output": { "id": 1 } }), ("$.options[0].app", Rule::Form)),
        (json!({ "app": "stripe", "event": "Charge!", "output": { "id": 1 } }), ("$.options[0].event", Rule::Form)),
        (json!({ "app": "stripe", "event": "charge", "output": 7 }), ("$.options[0].output", Rule::Form)),
    ] {
        let invalid = refused(Kind::Fallback, &json!({ "tag": "pay", "options": [option] }));
        assert_eq!(faults_of(&invalid), said(&[expected]), "{invalid}");
    }
    let events = json!([
        { "type": "action", "app": "stripe", "event": "charge", "as": "a", "output": 7 },
        { "type": "action", "app": "stripe", "event": "charge", "as": "b", "input": { "id": "$Sequence{a}{id}" } },
    ]);
    let invalid = refused(Kind::Feature, &json!({ "tag": "f", "events": events }));
    assert_eq!(faults_of(&invalid), said(&[("$.events[0].output", Rule::Form)]), "{invalid}");
    // A sound one that takes away what another one needs is refused for that.
    let options = json!([{ "app": "stripe", "event": "charge", "output": { "other": 1 } }]);
    let invalid = refused(Kind::Fallback, &json!({ "tag": "pay", "options": options }));
    assert_eq!(faults_of(&invalid), said(&[("$.events[1].input.id", Rule::Reference)]), "{invalid}");
    assert!(invalid.to_string().starts_with("feature `around`"), "{invalid}");
}

#[test]
fn what_is_sound_is_in_the_set() {
    let value = json!({ "tag": "kept", "expiry": "1m" });
    let (set, definition) = set().with(Draft::of_kind(Kind::Cache, &value), Some(&apps())).expect("it is sound");
    assert_eq!(set.get(Kind::Cache, "kept"), Some(&definition));
}
