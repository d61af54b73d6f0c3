//! Definitions among each other.

use std::time::{Duration, Instant};

use ductape_definition::{Action, Apps, Definition, Definitions, Invalid, Kind, Rule};
use serde_json::{Value, json};

use crate::{fallback, faults_of, merge, said};

fn set(definitions: &[Value]) -> Definitions {
    let mut set = Definitions::default();
    for value in definitions {
        let definition = Definition::from_value(value).unwrap_or_else(|invalid| panic!("{invalid}"));
        set.insert(definition).unwrap_or_else(|invalid| panic!("{invalid}"));
    }
    set
}

fn check(definitions: &[Value]) -> Result<(), Invalid> {
    set(definitions).check(None)
}

fn apps() -> Apps {
    let mut apps = Apps::default();
    apps.insert("stripe", "charge", Action::default());
    apps.insert("paypal", "pay", Action::default().classified());
    apps.insert_plan(Kind::Fallback, "typed");
    apps
}

#[expect(clippy::needless_pass_by_value, reason = "it is written in place")]
fn feature(tag: &str, events: Value) -> Value {
    json!({ "tag": tag, "events": events })
}

#[test]
fn what_is_named_exists() {
    let named = [
        fallback(&json!({ "cache": "results" })),
        fallback(&json!({ "tag": "through", "options": [{ "type": "feature", "event": "g" }] })),
        feature("f", json!([{ "type": "quota", "event": "pay" }, { "type": "fallback", "event": "typed" }])),
    ];
    let expected =
        [("$.cache", Rule::Unknown), ("$.options[0].event", Rule::Unknown), ("$.events[0].event", Rule::Unknown)];
    for apps in [None, Some(&apps())] {
        let invalid = set(&named).check(apps).expect_err("three names are of nothing");
        assert_eq!(faults_of(&invalid), said(&expected));
        assert!(invalid.to_string().contains("`pay` is a fallback"), "{invalid}");
    }
}

#[test]
fn what_may_be_a_plan_in_code_is_looked_for_when_the_plans_are_known() {
    let named = |tag: &str| {
        [fallback(&json!({ "tag": "card-payment" })), feature("f", json!([{ "type": "fallback", "event": tag }]))]
    };
    for tag in ["typed", "cash-payment", "card-payment-eu"] {
        assert_eq!(check(&named(tag)), Ok(()), "{tag}");
        let known = set(&named(tag)).check(Some(&apps()));
        assert_eq!(known.is_ok(), tag == "typed", "{tag}");
    }
    for slip in ["card-paymnet", "card-payments"] {
        let invalid = check(&named(slip)).expect_err(slip);
        assert!(invalid.to_string().contains("did you mean `card-payment`?"), "{invalid}");
    }
    // Features are none: a name of one is found, or refused.
    let missing = check(&[feature("f", json!([{ "type": "feature", "event": "typed" }]))]);
    assert_eq!(faults_of(&missing.expect_err("no such feature")), said(&[("$.events[0].event", Rule::Unknown)]));
}

#[test]
fn apps_and_actions_exist_where_they_are_known() {
    let named = fallback(&json!({ "options": [
        { "app": "strip", "event": "charge" }, { "app": "paypal", "event": "pai" }, { "app": "stripe", "event": "charge" },
    ] }));
    assert_eq!(check(std::slice::from_ref(&named)), Ok(()));
    let invalid = set(&[named]).check(Some(&apps())).expect_err("two names are of nothing");
    assert_eq!(
        faults_of(&invalid),
        said(&[("$.options[0].app", Rule::Unknown), ("$.options[1].event", Rule::Unknown)])
    );
    assert!(invalid.to_string().contains("did you mean `stripe`?"), "{invalid}");
}

#[test]
fn plans_share_their_tags_and_others_do_not() {
    let mut set = set(&[fallback(&json!({}))]);
    let healthcheck = json!({ "tag": "pay", "app": "a", "event": "ping", "interval": 1000 });
    let healthcheck = Definition::from_value(&healthcheck).expect("a healthcheck");
    assert_eq!(set.insert(healthcheck), Ok(None));
    let before = set.clone();
    let other = Definition::from_value(&feature("pay", json!([{ "type": "action", "app": "a", "event": "b" }])));
    let invalid = set.insert(other.expect("a feature")).expect_err("the tag is taken");
    assert_eq!(faults_of(&invalid), said(&[("$.tag", Rule::Duplicate)]));
    assert_eq!(set, before);
}

#[test]
fn a_field_is_yielded_by_every_option_or_refused() {
    let with = |outputs: [Option<Value>; 2]| {
        let [stripe, paypal] = outputs;
        fallback(&json!({ "options": [
            { "app": "stripe", "event": "charge", "output": stripe }, { "app": "paypal", "event": "pay", "output": paypal },
        ] }))
    };
    let event = |reference: &str| {
        feature(
            "f",
            json!([
                { "type": "fallback", "event": "pay", "as": "paid" },
                { "type": "action", "app": "log", "event": "write", "input": { "it": reference } },
            ]),
        )
    };
    let both =
        || with([Some(json!({ "id": "$Response{id}", "fee": 1 })), Some(json!({ "id": "$Response{payment_id}" }))]);
    for sound in ["$Sequence{paid}{id}", "$Sequence{paid}{provider}", "$Sequence{paid}{id}{inner}", "$Sequence{paid}"] {
        assert_eq!(check(&[both(), event(sound)]), Ok(()), "{sound}");
    }
    for faulty in ["$Sequence{paid}{fee}", "$Sequence{paid}{ID}", "id: $Sequence{paid}{identity}"] {
        let invalid = check(&[both(), event(faulty)]).expect_err(faulty);
        assert_eq!(faults_of(&invalid), said(&[("$.events[1].input.it", Rule::Reference)]), "{faulty}");
    }
    // Nobody knows what an action without an output mapping answers.
    assert_eq!(check(&[with([None, None]), event("$Sequence{paid}{anything}")]), Ok(()));
}

#[test]
fn what_a_feature_yields_is_known_outside_of_it() {
    let inner = json!({
        "tag": "inner",
        "events": [{ "type": "action", "app": "a", "event": "b" }],
        "output": { "id": "$Sequence{b}{id}" },
    });
    let outer = |field: &str| {
        feature(
            "outer",
            json!([
                { "type": "feature", "event": "inner" },
                { "type": "action", "app": "a", "event": "b", "input": { "it": format!("$Sequence{{inner}}{{{field}}}") } },
            ]),
        )
    };
    assert_eq!(check(&[inner.clone(), outer("id")]), Ok(()));
    assert!(check(&[inner, outer("di")]).is_err());
}

#[test]
fn provider_counts_as_yielded_whatever_serves_an_event() {
    let output = json!({ "id": "$Response{id}" });
    let of_a =
        |output: Option<&Value>| json!({ "type": "action", "app": "a", "event": "b", "as": "it", "output": output });
    let inner = |keys: Value| {
        let mut inner = feature("inner", json!([of_a(Some(&output))]));
        crate::merge(&mut inner, &keys);
        inner
    };
    let around = |event: Value| {
        let by =
            json!({ "type": "action", "app": "log", "event": "write", "input": { "by": "$Sequence{it}{provider}" } });
        feature("outer", json!([event, by]))
    };
    let of_inner = json!({ "type": "feature", "event": "inner", "as": "it" });
    let of_pay = |output: Option<&Value>| json!({ "type": "fallback", "event": "pay", "as": "it", "output": output });
    let events = [of_a(None), of_a(Some(&output)), of_inner.clone(), of_pay(None), of_pay(Some(&output))];
    for event in events {
        let set =
            [inner(json!({ "output": { "id": "$Sequence{it}{id}" } })), fallback(&json!({})), around(event.clone())];
        assert_eq!(check(&set), Ok(()), "{event}");
    }
    // Without an output of its own, a feature yields what its last event does.
    assert_eq!(check(&[inner(json!({})), around(of_inner)]), Ok(()));
}

#[test]
fn what_may_fail_is_referred_to_by_nobody() {
    let fail = |reference: &str| {
        let events = json!([
            { "type": "action", "app": "a", "event": "score", "allow_fail": true, "output": { "n": "$Response{n}" } },
            { "type": "action", "app": "b", "event": "pay", "input": { "score": reference } },
        ]);
        Definition::from_value(&feature("f", events))
    };
    for reference in ["$Sequence{score}{n}", "$Sequence{score}", "$Sequence{score}{provider}", "is $Sequence{score}{n}"]
    {
        let invalid = fail(reference).expect_err(reference);
        assert_eq!(faults_of(&invalid), said(&[("$.events[1].input.score", Rule::Reference)]), "{reference}");
        assert!(invalid.to_string().contains("`score` may fail, and yields nothing then"), "{invalid}");
    }
    assert!(fail("$Now").is_ok());
}

#[test]
fn a_feature_whose_last_event_may_fail_yields_what_is_left_then() {
    let inner = feature(
        "inner",
        json!([
            { "type": "action", "app": "a", "event": "pay", "output": { "id": 1, "fee": 2 } },
            { "type": "action", "app": "b", "event": "note", "allow_fail": true, "output": { "id": 1, "note": 2 } },
        ]),
    );
    let outer = |field: &str| {
        let by = json!({ "it": format!("$Sequence{{inner}}{{{field}}}") });
        let events = json!([{ "type": "feature", "event": "inner" }, { "type": "action", "app": "a", "event": "b", "input": by }]);
        feature("outer", events)
    };
    for (field, is_certain) in [("id", true), ("provider", true), ("fee", false), ("note", false)] {
        assert_eq!(check(&[inner.clone(), outer(field)]).is_ok(), is_certain, "{field}");
    }
}

#[test]
fn what_must_not_happen_twice_knows_what_errors_mean() {
    let pay = |option: Value| {
        fallback(&json!({ "at_most_once": true, "options": [option, { "app": "paypal", "event": "pay" }] }))
    };
    let silent = pay(json!({ "app": "stripe", "event": "charge" }));
    let invalid = set(&[silent]).check(Some(&apps())).expect_err("stripe says nothing");
    assert_eq!(faults_of(&invalid), said(&[("$.options[0]", Rule::Together)]));
    let told = pay(json!({ "app": "stripe", "event": "charge", "ambiguous_on": ["timeout"] }));
    assert_eq!(set(&[told]).check(Some(&apps())), Ok(()));
}

#[test]
fn a_circle_is_refused_with_its_way() {
    let through_an_option = fallback(&json!({ "options": [{ "type": "FEATURE", "event": "a" }] }));
    let invalid = check(&[feature("a", json!([{ "type": "fallback", "event": "pay" }])), through_an_option])
        .expect_err("a circle");
    assert_eq!(invalid.faults().len(), 1);
    assert_eq!(invalid.faults()[0].rule, Rule::Cycle);
    assert!(invalid.to_string().contains("`pay` → `a` → `pay`"), "{invalid}");
    let itself = check(&[feature("a", json!([{ "type": "feature", "event": "a" }]))]).expect_err("itself");
    assert_eq!(faults_of(&itself), said(&[("$.events[0]", Rule::Cycle)]));
}

/// Each runs the next one `width` times.
fn chain(length: usize, width: usize, last: &Value) -> Vec<Value> {
    (0..length)
        .map(|at| {
            let next = json!({ "type": "feature", "event": format!("f{}", at + 1) });
            let events = (0..width).map(|twin| {
                let mut event = if at + 1 == length { last.clone() } else { next.clone() };
                event["as"] = json!(format!("e{twin}"));
                event
            });
            feature(&format!("f{at}"), events.collect())
        })
        .collect()
}

#[test]
fn definitions_nest_so_deep_and_no_deeper() {
    let last = json!({ "type": "action", "app": "a", "event": "b" });
    assert_eq!(check(&chain(16, 64, &last)), Ok(()));
    let invalid = check(&chain(17, 64, &last)).expect_err("too deep");
    assert_eq!(faults_of(&invalid), said(&[("$", Rule::Limit)]));
}

#[test]
fn long_chains_and_wide_circles_are_refused_in_bounded_time() {
    let began = Instant::now();
    let last = json!({ "type": "action", "app": "a", "event": "b" });
    assert_eq!(faults_of(&check(&chain(9_000, 1, &last)).expect_err("too deep")), said(&[("$", Rule::Limit)]));
    let back = json!({ "type": "feature", "event": "f0" });
    let circle = check(&chain(300, 30, &back)).expect_err("30 circles");
    assert_eq!(circle.faults().iter().filter(|fault| fault.rule == Rule::Cycle).count(), 30);
    assert!(circle.to_string().len() < 200_000, "{}", circle.to_string().len());
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

#[test]
fn a_set_is_bounded() {
    let mut set = Definitions::default();
    let cache =
        |at: usize| Definition::from_value(&json!({ "tag": format!("c{at}"), "expiry": 1000 })).expect("a cache");
    for at in 0..10_000 {
        assert_eq!(set.insert(cache(at)), Ok(None));
    }
    let invalid = set.insert(cache(10_000)).expect_err("it is full");
    assert_eq!(faults_of(&invalid), said(&[("$.tag", Rule::Limit)]));
    assert!(set.insert(cache(7)).is_ok_and(|before| before.is_some()));
}

#[test]
fn r12_a_deadline_leaves_each_action_of_a_feature_a_full_attempt() {
    let feature = |deadline: &str| {
        json!({ "tag": "f", "deadline": deadline, "events": [
            { "type": "action", "app": "a", "event": "x", "timeout": "2s" },
            { "type": "fallback", "event": "pay" },
            { "type": "action", "app": "a", "event": "y" } ] })
    };
    assert_eq!(check(&[fallback(&json!({})), feature("12s")]), Ok(()));
    let refused = check(&[fallback(&json!({})), feature("11s")]).expect_err("the second action needs ten seconds");
    assert_eq!(faults_of(&refused), said(&[("$.deadline", Rule::Sum)]));
}

#[test]
fn r12_a_deadline_leaves_room_for_the_timeouts_that_actions_say() {
    let mut apps = Apps::default();
    apps.insert("stripe", "charge", Action::default().timeout(Duration::from_secs(30)));
    apps.insert("paypal", "pay", Action::default().timeout(Duration::from_secs(2)));
    let pay = |deadline: &str, keys: Value| {
        let mut pay = fallback(&json!({ "deadline": deadline }));
        merge(&mut pay["options"][0], &keys);
        set(&[pay]).check(Some(&apps))
    };
    let refused = pay("31s", json!({})).expect_err("both need 32 seconds");
    assert_eq!(faults_of(&refused), said(&[("$.deadline", Rule::Sum)]));
    assert!(refused.to_string().contains("all of them need 32s"), "{refused}");
    assert_eq!(pay("32s", json!({})), Ok(()));
    assert_eq!(pay("4s", json!({ "timeout": "2s" })), Ok(()), "what the definition says counts");
    // Without the apps, what nobody says is ten seconds.
    assert!(set(&[fallback(&json!({ "deadline": "19s" }))]).check(None).is_err());
    assert_eq!(set(&[fallback(&json!({ "deadline": "20s" }))]).check(None), Ok(()));
}

#[test]
fn r12_a_deadline_leaves_room_for_all_of_a_feature() {
    let inner = |keys: Value| {
        let mut event = json!({ "type": "action", "app": "a", "event": "b", "timeout": "5s" });
        merge(&mut event, &keys);
        feature("inner", json!([event]))
    };
    let outer = |keys: Value| {
        let mut option = json!({ "type": "feature", "event": "inner" });
        merge(&mut option, &keys);
        let last = json!({ "app": "a", "event": "c", "timeout": "1s" });
        json!({ "tag": "outer", "deadline": "6s", "options": [option, last] })
    };
    let judged = |inner, outer| check(&[inner, outer]).map_err(|refused| faults_of(&refused));
    let refused = Err(said(&[("$.deadline", Rule::Sum)]));
    assert_eq!(judged(inner(json!({})), outer(json!({}))), Ok(()));
    assert_eq!(judged(inner(json!({ "retries": 1 })), outer(json!({}))), refused, "every try of it");
    assert_eq!(judged(inner(json!({ "timeout": "6s" })), outer(json!({ "timeout": "5s" }))), Ok(()), "bounded outside");
    let mut bounded = inner(json!({ "retries": 1 }));
    bounded["deadline"] = json!("5s");
    assert_eq!(judged(bounded, outer(json!({}))), Ok(()), "bounded by itself");
}
