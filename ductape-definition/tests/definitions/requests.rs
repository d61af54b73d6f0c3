//! Requests as data: what they may say, and what errors tell of them.

use ductape_definition::{Change, Definition, Invalid, Process, Rule, Run, Session};
use serde_json::{Value, json};

use crate::{faults_of, said};

const TOKEN: &str = "s3cr3t-t0k3n";

fn run(keys: &Value) -> Result<Run, Invalid> {
    let mut run = json!({ "tag": "pay" });
    crate::merge(&mut run, keys);
    Run::from_value(&run)
}

#[test]
fn a_token_in_the_wrong_place_or_form_is_in_no_error() {
    let long = TOKEN.repeat(2_000);
    for session in [
        json!({ "tag": "u", "tokn": TOKEN }),
        json!({ "tag": "u", "token": TOKEN, "token_type": TOKEN }),
        json!({ "tag": "u", "token": [TOKEN] }),
        json!({ "tag": "u", "token": { "value": TOKEN } }),
        json!({ "tag": "u", "token": long }),
        json!({ "tag": "u", "token": 12_345_678 }),
        json!({ "tag": 12_345_678, "token": "t" }),
        json!([TOKEN]),
        json!(TOKEN),
        json!(12_345_678),
    ] {
        let process = json!({ "fallback_tag": "pay", "action": "trigger", "session": session });
        let refused = [
            Session::from_value(&session).expect_err("no session"),
            run(&json!({ "session": session })).expect_err("no session"),
            Process::from_value(&process).expect_err("no session"),
        ];
        let decoded = serde_json::from_value::<Process>(process).expect_err("no session").to_string();
        for told in refused.iter().map(|invalid| format!("{invalid} {invalid:?}")).chain([decoded]) {
            assert!(!told.contains("s3cr3t") && !told.contains("12345678"), "{told}");
        }
    }
    for misplaced in [json!({ "token": TOKEN }), json!({ "sesion": TOKEN }), json!({ "sessionToken": TOKEN })] {
        let told = format!("{:?}", run(&misplaced).expect_err("an unknown key"));
        assert!(told.contains("is no key of a run") && !told.contains(TOKEN), "{told}");
    }
    assert!(!Run::from_value(&json!(TOKEN)).expect_err("a text").to_string().contains(TOKEN));
    let typo = run(&json!({ "session": { "tag": "u", "tokn": TOKEN } })).expect_err("a typo").to_string();
    assert!(typo.contains("$.session.tokn") && typo.contains("did you mean `token`?"), "{typo}");
}

/// A session is named by who opens it: any text is a name.
#[test]
fn sessions_are_named_alike_in_json_and_in_code() {
    for tag in ["auth0|123", "A b", "ü", &"x".repeat(1_024)] {
        let read = run(&json!({ "session": { "tag": tag, "token": "t" } })).expect("any text");
        assert_eq!(read, Run::new("pay").session(tag, "t"));
    }
    let empty = run(&json!({ "session": { "tag": "", "token": "t" } })).expect_err("an empty name");
    assert_eq!(faults_of(&empty), said(&[("$.session.tag", Rule::Form)]));
    let missing = run(&json!({ "tag": "Pay!", "session": {} })).expect_err("three faults");
    let expected = [("$.session", Rule::Missing), ("$.session", Rule::Missing), ("$.tag", Rule::Form)];
    assert_eq!(faults_of(&missing), said(&expected));
}

#[test]
fn an_option_is_named_as_it_is_called() {
    let change = Change::from_value(&json!({ "fallbackProvider": "stripe/charge" })).expect("an app that stands twice");
    assert_eq!(change.fallback_provider.as_deref(), Some("stripe/charge"));
    assert!(Change::from_value(&json!({ "fallbackProvider": "" })).is_err());
}

#[test]
fn a_key_that_belongs_elsewhere_is_told_where() {
    let help = |refused: Result<Change, Invalid>| refused.expect_err("no key of it").faults()[0].help.clone();
    let patch = Change::from_value(&json!({ "maxRetries": 3, "deadline": "1s" }));
    assert!(help(patch).contains("send it in an update of its own"));
    let typo = Change::from_value(&json!({ "maxRetrys": 3 }));
    assert!(help(typo).starts_with("did you mean `max_retries`? known:"));

    let pay = Definition::from_value(&crate::fallback(&json!({}))).expect("it is sound");
    let help = |patch: Value| pay.patched(&patch).expect_err("no key of it").faults()[0].help.clone();
    let typo = help(json!({ "maxRetrys": 3 }));
    assert!(typo.starts_with("did you mean `max_retries`? an `update` of a process request takes it"), "{typo}");
    assert!(help(json!({ "fallbackProvider": "paypal" })).starts_with("an `update` of a process request takes it"));
    assert!(help(json!({ "retrys": 3 })).starts_with("did you mean `retries`? known: `kind`"));
    let option = |key: &str| help(json!({ "options": [{ "app": "a", "event": "b", key: 70 }] }));
    assert!(option("weight").starts_with("only the `options` of a quota have weights"));
    assert!(option("wieght").starts_with("did you mean `weight`? only the `options` of a quota"));
}
