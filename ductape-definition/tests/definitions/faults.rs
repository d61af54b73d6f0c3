//! Every fault is found, at its place, and all of them together.

use ductape_definition::{Definition, Rule};
use serde_json::{Value, json};

use crate::{fallback, faults_of, merge, refused, said};

fn quota(keys: &Value) -> Value {
    let mut quota = json!({
        "kind": "quota",
        "tag": "sms",
        "input": { "phone": { "type": "string" } },
        "options": [
            { "app": "twilio", "event": "send", "weight": 70 },
            { "app": "nexmo", "event": "send", "weight": 30 },
        ],
    });
    merge(&mut quota, keys);
    quota
}

#[test]
fn faults_of_every_sort_are_told_together() {
    let found = refused(&json!({
        "tag": "Pay!",
        "retrys": 2,
        "input": { "amount": { "type": "numbr" } },
        "deadline": "5 parsecs",
        "options": [
            { "type": "ACTION", "app": "stripe", "event": "charge", "retries": 100_001, "timeout": "0s",
              "input": { "amount": "$Input{amout}" } },
            { "type": "WEBHOOK", "event": "pay" },
            { "app": "square", "event": "charge", "input": { "to": "$Inptu{amount}" } },
        ],
    }));
    let expected = said(&[
        ("$.deadline", Rule::Form),
        ("$.input.amount.type", Rule::Form),
        ("$.options[0].retries", Rule::Range),
        ("$.options[0].timeout", Rule::Range),
        ("$.options[1].type", Rule::Form),
        ("$.options[2].input.to", Rule::Reference),
        ("$.retrys", Rule::UnknownKey),
        ("$.tag", Rule::Form),
        ("$.options[0].input.amount", Rule::Reference),
    ]);
    assert_eq!(found, expected);
}

#[test]
fn a_fault_says_what_is_there_and_what_to_write() {
    let invalid = Definition::from_value(&fallback(&json!({ "retrys": 2 }))).expect_err("no key");
    let shown = invalid.to_string();
    assert!(shown.starts_with("fallback `pay` $.retrys: `retrys` is no key of a fallback, here: 2\n"), "{shown}");
    assert!(shown.contains("help: did you mean `retries`?"), "{shown}");
}

/// Each a fault of its own, in a fallback that is sound without it.
#[test]
fn each_fault_of_a_fallback_is_found_alone() {
    let option = |keys: Value| {
        let mut option = json!({ "app": "stripe", "event": "charge" });
        merge(&mut option, &keys);
        json!({ "options": [option, { "app": "paypal", "event": "pay" }] })
    };
    let at = "$.options[0]";
    for (keys, path, rule) in [
        (json!({ "tag": null }), "$", Rule::Missing),
        (json!({ "tag": "a".repeat(65) }), "$.tag", Rule::Form),
        (json!({ "options": [] }), "$.options", Rule::Missing),
        (json!({ "options": {} }), "$.options", Rule::Form),
        (json!({ "options": [7, { "app": "a", "event": "b" }] }), at, Rule::Form),
        (json!({ "kind": "fallbak" }), "$.kind", Rule::Form),
        (json!({ "kind": "webhook" }), "$.kind", Rule::Form),
        (json!({ "kind": 7 }), "$.kind", Rule::Form),
        (json!({ "name": "" }), "$.name", Rule::Form),
        (json!({ "description": "" }), "$.description", Rule::Form),
        (json!({ "Retries": 2 }), "$.Retries", Rule::UnknownKey),
        (json!({ "All_unhealthy": "try" }), "$.All_unhealthy", Rule::UnknownKey),
        (json!({ "allUn_healthy": "try" }), "$.allUn_healthy", Rule::UnknownKey),
        (json!({ "weight": 70 }), "$.weight", Rule::UnknownKey),
        (json!({ "allUnhealthy": "try", "all_unhealthy": "try" }), "$.all_unhealthy", Rule::Duplicate),
        (json!({ "allUnhealthy": "maybe" }), "$.allUnhealthy", Rule::Form),
        (json!({ "retry_budget": "150%" }), "$.retry_budget", Rule::Form),
        (json!({ "deadline": "3s", "timeout": "2s" }), "$.deadline", Rule::Sum),
        (json!({ "at_most_once": true, "hedge": "200ms" }), "$.hedge", Rule::Together),
        (json!({ "at_most_once": true, "cache": "results" }), "$.cache", Rule::Together),
        (json!({ "hedge": "200ms", "options": [{ "app": "a", "event": "b" }] }), "$.hedge", Rule::Together),
        (json!({ "backoff": { "base": "1s" } }), "$.backoff", Rule::Together),
        (json!({ "cache": { "stale": "1m" } }), "$.cache", Rule::Together),
        (json!({ "cache": { "tag": "results", "expiry": "1m" } }), "$.cache", Rule::Together),
        (json!({ "cache": { "expiry": "31d" } }), "$.cache.expiry", Rule::Form),
        (json!({ "cache": { "expiry": "721h" } }), "$.cache.expiry", Rule::Range),
        (json!({ "input": { "amount": { "type": "number", "default": "0" } } }), "$.input.amount.default", Rule::Form),
        (
            json!({ "input": { "amount": { "type": "number", "default": 0, "required": true } } }),
            "$.input.amount.default",
            Rule::Together,
        ),
        (json!({ "input": { "a}": { "type": "number" } } }), "$.input[\"a}\"]", Rule::Form),
        (option(json!({ "app": null })), at, Rule::Missing),
        (option(json!({ "type": "feature" })), "$.options[0].app", Rule::Together),
        (option(json!({ "app": "paypal", "event": "pay" })), "$.options[1]", Rule::Duplicate),
        (option(json!({ "provider": "paypal" })), "$.options[1]", Rule::Duplicate),
        (option(json!({ "retries": -1 })), "$.options[0].retries", Rule::Range),
        (option(json!({ "retries": 1.5 })), "$.options[0].retries", Rule::Form),
        (option(json!({ "retries": "2" })), "$.options[0].retries", Rule::Form),
        (option(json!({ "timeout": true })), "$.options[0].timeout", Rule::Form),
        (option(json!({ "timeout": 0 })), "$.options[0].timeout", Rule::Range),
        (option(json!({ "check_interval": "1m" })), "$.options[0].check_interval", Rule::Together),
        (option(json!({ "cost": -1 })), "$.options[0].cost", Rule::Range),
        (option(json!({ "breaker": false })), "$.options[0].breaker", Rule::Form),
        (option(json!({ "breaker": { "failures": 0 } })), "$.options[0].breaker.failures", Rule::Range),
        (
            option(json!({ "breaker": { "failures": 5, "failure_rate": "50%" } })),
            "$.options[0].breaker",
            Rule::Together,
        ),
        (option(json!({ "breaker": { "window": "30s" } })), "$.options[0].breaker", Rule::Together),
        (option(json!({ "bulkhead": 0 })), "$.options[0].bulkhead", Rule::Range),
        (option(json!({ "bulkhead": { "wait": "50ms" } })), "$.options[0].bulkhead", Rule::Missing),
        (option(json!({ "rate_limit": "100" })), "$.options[0].rate_limit", Rule::Form),
        (
            option(json!({ "rateLimit": { "rate": "100/s", "bursts": 2 } })),
            "$.options[0].rateLimit.bursts",
            Rule::UnknownKey,
        ),
        (option(json!({ "backoff": { "base": "1s" } })), "$.options[0].backoff", Rule::Together),
        (option(json!({ "retries": 1, "backoff": { "base": "20s" } })), "$.options[0].backoff", Rule::Together),
        (option(json!({ "backoff": { "factor": 0.5 } })), "$.options[0].backoff.factor", Rule::Range),
        (option(json!({ "retry_on": ["6xx"] })), "$.options[0].retry_on[0]", Rule::Form),
        (option(json!({ "retry_on": ["5xx"], "abort_on": ["5XX"] })), "$.options[0].abort_on[0]", Rule::Duplicate),
        (option(json!({ "input": [] })), "$.options[0].input", Rule::Form),
        (option(json!({ "input": { "a": ["$"] } })), "$.options[0].input.a[0]", Rule::Reference),
        (option(json!({ "input": { "a": { "b": "$Response{id}" } } })), "$.options[0].input.a.b", Rule::Reference),
        (option(json!({ "input": { "a": "$Input{amount}{cents}" } })), "$.options[0].input.a", Rule::Reference),
        (option(json!({ "input": { "a": "$Session{secret}" } })), "$.options[0].input.a", Rule::Reference),
        (option(json!({ "output": { "a": "$Sequence{b}{c}" } })), "$.options[0].output.a", Rule::Reference),
    ] {
        let found = refused(&fallback(&keys));
        let backoff_too = found.iter().filter(|(path, rule)| *rule != Rule::Together || !path.ends_with(".backoff"));
        let found: Vec<_> = if path.contains("factor") { backoff_too.cloned().collect() } else { found };
        assert_eq!(found, said(&[(path, rule)]), "{keys}");
    }
}

#[test]
fn each_fault_of_a_quota_is_found_alone() {
    for (keys, path, rule) in [
        (json!({ "total": 90 }), "$.options", Rule::Sum),
        (json!({ "total": 0 }), "$.total", Rule::Range),
        (json!({ "options": [{ "app": "a", "event": "b", "weight": 0 }] }), "$.options", Rule::Sum),
        (json!({ "options": [{ "app": "a", "event": "b" }] }), "$.options[0]", Rule::Missing),
        (json!({ "options": [{ "app": "a", "event": "b", "weight": 64_001 }] }), "$.options[0].weight", Rule::Range),
        (
            json!({ "fallbacks": [{ "app": "a", "event": "b", "weight": 1 }] }),
            "$.fallbacks[0].weight",
            Rule::UnknownKey,
        ),
        (
            json!({ "fallbacks": [{ "app": "a", "event": "b", "provider": "twilio" }] }),
            "$.fallbacks[0]",
            Rule::Duplicate,
        ),
        (json!({ "hedge": "200ms", "failover": false }), "$.hedge", Rule::Together),
        (json!({ "pick": "lucky" }), "$.pick", Rule::Form),
        (json!({ "sticky": "$Input{fone}" }), "$.sticky", Rule::Reference),
        (json!({ "sticky": "phone" }), "$.sticky", Rule::Reference),
    ] {
        assert_eq!(refused(&quota(&keys)), said(&[(path, rule)]), "{keys}");
    }
    assert!(Definition::from_value(&quota(&json!({ "sticky": "$Input{phone}" }))).is_ok());
}

#[test]
fn each_fault_of_a_feature_is_found_alone() {
    let event = |keys: Value| {
        let mut event = json!({ "type": "action", "app": "log", "event": "write" });
        merge(&mut event, &keys);
        json!([{ "type": "FALLBACK", "event": "pay" }, event])
    };
    for (events, path, rule) in [
        (json!([]), "$.events", Rule::Missing),
        (event(json!({ "type": null })), "$.events[1]", Rule::Missing),
        (event(json!({ "app": null })), "$.events[1]", Rule::Missing),
        (event(json!({ "as": "pay" })), "$.events[1]", Rule::Duplicate),
        (event(json!({ "input": { "id": "$Sequence{write}{id}" } })), "$.events[1].input.id", Rule::Reference),
        (event(json!({ "input": { "id": "$Sequence{pya}{id}" } })), "$.events[1].input.id", Rule::Reference),
        (event(json!({ "input": { "id": "$Input{id}" } })), "$.events[1].input.id", Rule::Reference),
        (event(json!({ "type": "quota", "app": null, "breaker": true })), "$.events[1].breaker", Rule::Together),
        (event(json!({ "weight": 1 })), "$.events[1].weight", Rule::UnknownKey),
    ] {
        assert_eq!(refused(&json!({ "tag": "f", "events": events })), said(&[(path, rule)]), "{events}");
    }
    assert!(Definition::from_value(&json!({ "tag": "f", "events": event(json!({ "allowFail": true })) })).is_ok());
}

#[test]
fn each_fault_of_a_healthcheck_and_a_cache_is_found_alone() {
    let healthcheck = json!({ "tag": "h", "app": "a", "event": "ping", "interval": 60_000 });
    for (keys, path, rule) in [
        (json!({ "interval": 0 }), "$.interval", Rule::Range),
        (json!({ "interval": 86_400_001 }), "$.interval", Rule::Range),
        (json!({ "fall": 0 }), "$.fall", Rule::Range),
        (json!({ "retries": 100_001 }), "$.retries", Rule::Range),
        (json!({ "app": null }), "$", Rule::Missing),
        (json!({ "envs": ["prd", "prd"] }), "$.envs[1]", Rule::Duplicate),
        (json!({ "envs": [{ "slug": "prd", "input": { "a": "$Input{a}" } }] }), "$.envs[0].input.a", Rule::Reference),
    ] {
        let mut faulty = healthcheck.clone();
        merge(&mut faulty, &keys);
        assert_eq!(refused(&faulty), said(&[(path, rule)]), "{keys}");
    }
    assert_eq!(refused(&json!({ "tag": "c", "expiry": "721h" })), said(&[("$.expiry", Rule::Range)]));
    assert_eq!(refused(&json!({ "kind": "cache", "tag": "c" })), said(&[("$", Rule::Missing)]));
}

#[test]
fn what_is_no_definition_is_refused() {
    for text in ["", "{", "[1]", "null", "{}", "\"fallback\"", "{\"tag\":\"a\",\"tag\":\"b\"}"] {
        let invalid = Definition::all_from_json(text).expect_err(text);
        assert_eq!(invalid.faults().len(), 1, "{text}: {invalid}");
    }
}

#[test]
fn a_consequence_is_no_second_fault() {
    // The weight is wrong, so the sum is not said; the timeout is wrong, so neither is the deadline.
    let weights = json!({ "options": [{ "app": "a", "event": "b", "weight": "70" }] });
    assert_eq!(refused(&quota(&weights)), said(&[("$.options[0].weight", Rule::Form)]));
    let deadline = json!({ "deadline": "1s", "timeout": "2" });
    assert_eq!(refused(&fallback(&deadline)), said(&[("$.timeout", Rule::Form)]));
    // What the input declares is not known.
    let input = json!({ "input": [], "options": [{ "app": "a", "event": "b", "input": { "x": "$Input{y}" } }] });
    assert_eq!(refused(&fallback(&input)), said(&[("$.input", Rule::Form)]));
}

#[test]
fn a_deadline_that_leaves_everyone_an_attempt_is_accepted() {
    for keys in [
        json!({ "deadline": "20s" }),
        json!({ "deadline": 20_000 }),
        json!({ "deadline": "4s", "timeout": "2s" }),
        json!({ "deadline": "4.1s", "timeout": "2s", "bulkhead": { "max": 1, "wait": "50ms" } }),
    ] {
        assert!(Definition::from_value(&fallback(&keys)).is_ok(), "{keys}");
    }
    let waits = json!({ "deadline": "4.09s", "timeout": "2s", "bulkhead": { "max": 1, "wait": "50ms" } });
    assert_eq!(refused(&fallback(&waits)), said(&[("$.deadline", Rule::Sum)]));
}

#[test]
fn an_unknown_kind_is_told_with_the_nearest_one() {
    let said = |definition: Value| Definition::from_value(&definition).expect_err("no kind").to_string();
    let likely = said(json!({ "kind": "QUOTAA", "tag": "Q!", "options": [] }));
    assert!(likely.contains("$.kind") && likely.contains("did you mean `quota`?"), "{likely}");
    assert!(likely.contains("$.tag") && likely.contains("$.options"), "all that is wrong with it: {likely}");
    let unlikely = said(json!({ "kind": "webhook", "tag": "w" }));
    assert!(unlikely.contains("$.kind: this is no kind of definition"), "{unlikely}");
    assert!(unlikely.contains("known: `fallback`, `quota`, `healthcheck`, `feature` and `cache`"), "{unlikely}");
}

#[test]
fn a_key_in_another_spelling_is_told_with_the_right_one() {
    let invalid = Definition::from_value(&fallback(&json!({ "Retries": 2 }))).expect_err("no such key");
    assert!(invalid.to_string().contains("did you mean `retries`?"), "{invalid}");
}

#[test]
fn a_range_without_an_end_is_told_without_one() {
    let option = json!({ "app": "stripe", "event": "charge", "cost": -1 });
    let invalid = Definition::from_value(&fallback(&json!({ "options": [option] }))).expect_err("a negative cost");
    assert_eq!(invalid.faults()[0].help, "write a number from 0 on");
}

/// Editors look there for what may be written.
#[test]
fn a_definition_may_name_its_schema() {
    let schema = "https://example.com/fallback.json";
    let read = Definition::from_value(&fallback(&json!({ "$schema": schema }))).expect("it is sound");
    assert_eq!(read, Definition::from_value(&fallback(&json!({}))).expect("it is sound"));
    assert_eq!(refused(&fallback(&json!({ "schema": schema }))), said(&[("$.schema", Rule::UnknownKey)]));
    let known = Definition::from_value(&fallback(&json!({ "colour": 1 }))).expect_err("no key").to_string();
    assert!(known.contains("`retries`") && !known.contains("$schema") && !known.contains("version"), "{known}");
}

#[test]
fn what_cannot_be_switched_off_is_told_with_another_way() {
    let option = json!({ "app": "stripe", "event": "charge", "breaker": false });
    let invalid =
        Definition::from_value(&fallback(&json!({ "breaker": true, "options": [option] }))).expect_err("no switch");
    assert_eq!(faults_of(&invalid), said(&[("$.options[0].breaker", Rule::Form)]));
    assert!(invalid.faults()[0].help.contains("write it in the others instead of the plan"), "{invalid}");
}
