//! Outcomes and names.

use std::collections::HashMap;

use ductape::{Name, Outcome, Source, Verdict};
use serde_json::{Value, json};

use super::payment;
use crate::support::{Script, fail, ms, ok, run};

async fn served_by_paypal() -> Outcome<usize> {
    let (a, b) = (Script::of([fail(Verdict::Failover).after(30)]), Script::of([ok().after(20)]));
    run(payment(&a, true, &b)).await.expect("paypal works")
}

#[tokio::test(start_paused = true)]
async fn outcome_tells_who_served_after_how_many_attempts_and_how_long() {
    let outcome = served_by_paypal().await;
    assert_eq!((outcome.value, outcome.provider.as_str(), outcome.attempts), (1, "paypal", 2));
    assert_eq!((outcome.elapsed, outcome.source), (ms(50), Source::Provider));
}

#[tokio::test(start_paused = true)]
async fn outcome_derefs_to_its_value_and_gives_it_away() {
    let outcome = served_by_paypal().await;
    assert_eq!(*outcome, 1);
    assert_eq!(outcome.count_ones(), 1, "the value's methods are there");
    assert_eq!(outcome.into_inner(), 1);
}

#[tokio::test(start_paused = true)]
async fn outcome_serializes_as_an_object_of_its_fields() {
    let json = serde_json::to_value(served_by_paypal().await).expect("an outcome of a number is JSON");
    let Value::Object(fields) = json else { panic!("{json} is no object") };

    let mut names: Vec<&str> = fields.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["attempts", "elapsed", "provider", "source", "value"]);
    assert_eq!((&fields["value"], &fields["provider"], &fields["attempts"]), (&json!(1), &json!("paypal"), &json!(2)));
}

#[tokio::test(start_paused = true)]
async fn name_is_text_that_compares_with_text() {
    let name: Name = served_by_paypal().await.provider;
    assert_eq!(name, "paypal");
    assert_eq!("paypal", name);
    assert_eq!(name, *"paypal");
    assert_eq!(name, "paypal".to_owned());
    assert_ne!(name, "stripe");
    assert_eq!(
        (name.len(), name.to_uppercase(), format!("{name:>8}")),
        (6, "PAYPAL".to_owned(), "  paypal".to_owned())
    );
    assert_eq!(HashMap::from([(name, 1)]).get("paypal"), Some(&1), "it hashes like text");
}

#[tokio::test(start_paused = true)]
async fn name_is_cheap_to_clone_static_or_shared() {
    let provider = served_by_paypal().await.provider;
    assert_eq!(provider.clone().as_ptr(), provider.as_ptr());
    assert_eq!(served_by_paypal().await.provider.as_ptr(), provider.as_ptr(), "it is the literal of the definition");

    let shared = Name::from(["read", "from", "data"].concat());
    assert_eq!(shared, "readfromdata");
    assert_eq!(shared.clone().as_ptr(), shared.as_ptr());
    assert!(size_of::<Name>() <= 3 * size_of::<usize>());
}
