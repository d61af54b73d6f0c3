//! Whatever comes in, and however large it is: it is refused at once, nobody is called, and everything is as it was.

use std::time::{Duration, Instant};

use ductape_catalog::definition::Rule;
use ductape_catalog::{Catalog, CatalogError, DataType, Process, ProcessAction, Run};
use serde_json::{Map, Value, json};

use crate::support::{Scripted, catalog};

const LARGE: usize = 10_000_000;

fn nested(levels: usize) -> Value {
    (0..levels).fold(json!(1), |inner, _| json!({ "a": inner }))
}

fn rules(refused: Result<impl std::fmt::Debug, CatalogError>) -> Vec<Rule> {
    let Err(CatalogError::Invalid(invalid)) = refused else { panic!("it is not refused: {refused:?}") };
    assert!(invalid.to_string().len() < 100_000, "the error is bounded, too");
    invalid.faults().iter().map(|fault| fault.rule).collect()
}

/// With a fallback `f` that takes anything.
async fn with_fallback(a: &Scripted) -> Catalog {
    let catalog = catalog(&[("a/x", a)]).await;
    let fallback =
        json!({ "tag": "f", "input": { "any": { "type": "any" } }, "options": [{ "app": "a", "event": "x" }] });
    catalog.fallbacks().create(fallback).await.expect("it is sound");
    catalog
}

#[tokio::test(start_paused = true)]
async fn definitions_beyond_the_limits_are_refused_and_leave_everything_as_it_was() {
    let a = Scripted::answering(json!({}));
    let (catalog, began) = (with_fallback(&a).await, Instant::now());
    let option = json!({ "app": "a", "event": "x" });
    let many = |number: usize| (0..number).map(|at| json!({ "app": "a", "event": "x", "provider": format!("p{at}") }));
    let before = catalog.fallbacks().fetch_all().await.expect("always");
    for keys in [
        json!({ "description": "x".repeat(LARGE), "options": [option] }),
        json!({ "options": many(10_000).collect::<Vec<_>>() }),
        json!({ "options": [{ "app": "a", "event": "x", "input": nested(1_000) }] }),
        json!({ "options": [option], "input": { "any": { "type": "any", "default": "x".repeat(LARGE) } } }),
    ] {
        let mut definition = keys.clone();
        definition["tag"] = "g".into();
        assert_eq!(rules(catalog.fallbacks().create(definition).await), [Rule::Limit]);
        assert_eq!(rules(catalog.fallbacks().update("f", keys.clone()).await), [Rule::Limit]);
        let process = Process::new("f", ProcessAction::Update).input(keys);
        assert_eq!(rules(catalog.fallbacks().process(process).await), [Rule::Limit]);
    }
    let defined = catalog.fallbacks().define("g", |ctx| {
        for at in 0..10_000 {
            ctx.fallback(&format!("p{at}")).app("a").action("x");
        }
    });
    assert_eq!(rules(defined.await), [Rule::Limit]);
    assert_eq!(catalog.fallbacks().fetch_all().await.expect("always"), before);
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn inputs_beyond_the_limits_are_refused_before_anybody_is_called() {
    let a = Scripted::answering(json!({}));
    let (catalog, began) = (with_fallback(&a).await, Instant::now());
    let wide: Map<_, _> = (0..200_000).map(|at| (format!("field{at}"), json!(at))).collect();
    for (input, rule) in [
        (json!({ "any": "x".repeat(LARGE) }), Rule::Limit),
        (json!({ "any": vec![0; LARGE] }), Rule::Limit),
        (json!({ "any": nested(1_000) }), Rule::Limit),
        (wide.into(), Rule::Limit),
        (json!("x".repeat(LARGE)), Rule::Limit),
        (json!([1, 2]), Rule::Form),
    ] {
        assert_eq!(rules(catalog.fallbacks().run(Run::new("f").input(input)).await), [rule]);
    }
    assert_eq!(a.calls(), 0);
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn features_in_circles_and_chains_are_refused_however_they_come_about() {
    let a = Scripted::answering(json!({}));
    let catalog = catalog(&[("a/x", &a)]).await;
    let feature = |tag: &str, inner: Option<String>| {
        let event = match inner {
            Some(inner) => json!({ "type": "feature", "event": inner }),
            None => json!({ "type": "action", "app": "a", "event": "x" }),
        };
        json!({ "tag": tag, "events": [event] })
    };
    // Each is sound when it comes, until there are too many inside each other.
    for at in 0_u32..16 {
        let inner = at.checked_sub(1).map(|at| format!("f{at}"));
        catalog.features().create(feature(&format!("f{at}"), inner)).await.expect("not too deep yet");
    }
    assert_eq!(rules(catalog.features().create(feature("f16", Some("f15".to_owned()))).await), [Rule::Limit]);
    catalog.features().run(Run::new("f15")).await.expect("sixteen of them run");
    assert_eq!(a.calls(), 1);
    let closed = feature("f0", Some("f15".to_owned()))["events"].clone();
    assert_eq!(rules(catalog.features().update("f0", json!({ "events": closed })).await), [Rule::Cycle]);
    assert_eq!(catalog.features().fetch("f0").await.expect("it is there").version, 1);
    assert_eq!(catalog.features().fetch_all().await.expect("always").len(), 16);
}

#[tokio::test(start_paused = true)]
async fn what_a_run_must_be_given_is_told_in_one_error() {
    let a = Scripted::answering(json!({}));
    let catalog = catalog(&[("a/x", &a)]).await;
    catalog
        .quotas()
        .define("q", |ctx| {
            ctx.input("amount", DataType::Number)
                .input("to", DataType::Object)
                .optional_input("note", DataType::String);
            ctx.provider("a").weight(100).app("a").action("x");
        })
        .await
        .expect("it is sound");
    let input = json!({ "amount": "0", "note": null, "amonut": 1 });
    let mut found = rules(catalog.quotas().run(Run::new("q").input(input)).await);
    found.sort_by_key(|rule| format!("{rule:?}"));
    assert_eq!(found, [Rule::Form, Rule::Form, Rule::Missing, Rule::UnknownKey]);
    assert_eq!(a.calls(), 0);
    // 0, false, "" and an empty object are values.
    let input = json!({ "amount": 0, "to": {}, "note": "" });
    catalog.quotas().run(Run::new("q").input(input)).await.expect("all of it is there");
    assert_eq!(a.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn two_actions_of_one_tag_in_an_app_are_refused_when_it_opens() {
    let answer = |_: Value| async { Ok::<_, std::io::Error>(json!({})) };
    let builder = Catalog::builder().app("stripe", |app| app.action("charge", answer));
    let error = builder.app("stripe", |app| app.action("charge", answer)).open().await.expect_err("one would be lost");
    assert_eq!(error.to_string(), "the app `stripe` has two actions `charge`; give one of them another tag");
}
