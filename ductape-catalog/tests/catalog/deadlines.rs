//! R12: a deadline leaves everyone a full attempt, by the timeouts that hold when it runs.

use std::time::Duration;

use ductape_catalog::{Catalog, CatalogError, Run};
use serde_json::{Value, json};

use crate::support::{Act, Scripted, builder};

/// `slow/x` answers after an hour, and is given up after 30 seconds; `plain/x` and `quick/x` answer at once, and `quick/x`
/// is given up after two.
async fn catalog() -> Catalog {
    let slow = Scripted::new([Act::Slow(3_600_000, json!({}))]);
    let (plain, quick) = (Scripted::answering(json!({})), Scripted::answering(json!({})));
    let builder = builder()
        .app("slow", |app| slow.action(app, "x").timeout(Duration::from_secs(30)))
        .app("plain", |app| plain.action(app, "x"))
        .app("quick", |app| quick.action(app, "x").timeout(Duration::from_secs(2)));
    builder.open().await.expect("it opens")
}

fn option(app: &str) -> Value {
    json!({ "app": app, "event": "x" })
}

/// What stands where, of a definition that is refused.
fn refused<T: std::fmt::Debug>(result: Result<T, CatalogError>) -> Vec<(String, String)> {
    let Err(CatalogError::Invalid(invalid)) = result else { panic!("it is refused: {result:?}") };
    let at = invalid.faults().iter().map(|fault| {
        (fault.definition.as_ref().map(|named| named.tag.clone()).unwrap_or_default(), fault.path.to_string())
    });
    at.collect()
}

fn at_deadline() -> Vec<(String, String)> {
    vec![("pay".to_owned(), "$.deadline".to_owned())]
}

#[tokio::test(start_paused = true)]
async fn r12_the_timeouts_of_actions_count() {
    let catalog = catalog().await;
    let pay = |deadline: &str, first: &str, second: &str| json!({ "tag": "pay", "deadline": deadline, "options": [option(first), option(second)] });
    assert_eq!(refused(catalog.fallbacks().create(pay("39s", "slow", "plain")).await), at_deadline());
    catalog.fallbacks().create(pay("40s", "slow", "plain")).await.expect("there is room for both");
    let result = catalog.fallbacks().run(Run::new("pay")).await.expect("the second serves");
    assert_eq!((result.provider.as_str(), result.elapsed), ("plain", Duration::from_secs(30)));
    // Short ones need no long deadline.
    let sound =
        json!({ "deadline": "4s", "options": [option("quick"), { "app": "plain", "event": "x", "timeout": "2s" }] });
    catalog.fallbacks().update("pay", sound).await.expect("there is room for both");
}

#[tokio::test(start_paused = true)]
async fn r12_all_of_a_feature_counts_and_its_changes_are_followed() {
    let catalog = catalog().await;
    let event = |timeout: &str| json!([{ "type": "action", "app": "slow", "event": "x", "timeout": timeout }]);
    catalog.features().create(json!({ "tag": "inner", "events": event("60s") })).await.expect("it is sound");
    let options = json!([{ "type": "feature", "event": "inner" }, { "app": "plain", "event": "x", "timeout": "1s" }]);
    let pay = |deadline: &str| json!({ "tag": "pay", "deadline": deadline, "options": options });
    assert_eq!(refused(catalog.fallbacks().create(pay("12s")).await), at_deadline());
    catalog.fallbacks().create(pay("61s")).await.expect("there is room for both");
    let run = async || catalog.fallbacks().run(Run::new("pay")).await.expect("the second serves");
    assert_eq!((run().await.provider.as_str(), run().await.elapsed), ("plain", Duration::from_secs(60)));
    // It can be changed like any other, by its definition and by an operator.
    catalog.fallbacks().update("pay", json!({ "description": "new" })).await.expect("nothing that counts");
    let patch = serde_json::from_value(json!({ "providers": { "plain": { "timeout": "500ms" } } }));
    catalog.update("pay", patch.expect("a patch")).await.expect("it is sound");

    assert_eq!(refused(catalog.features().update("inner", json!({ "events": event("61s") })).await), at_deadline());
    catalog.features().update("inner", json!({ "events": event("20s") })).await.expect("it is shorter");
    assert_eq!(run().await.elapsed, Duration::from_secs(20));
    let patch = serde_json::from_value(json!({ "deadline": "21s" })).expect("a patch");
    catalog.update("pay", patch).await.expect("that is enough now");
}

#[tokio::test(start_paused = true)]
async fn r12_a_deadline_is_judged_with_all_else_that_is_wrong() {
    let catalog = catalog().await;
    let pay = |deadline: &str, key: &str, value: &str| {
        let (mut first, mut other) = (option("quick"), option("quick"));
        (first[key], other["provider"]) = (json!(value), json!("other"));
        json!({ "tag": "pay", "deadline": deadline, "options": [first, other] })
    };
    let paths = |refused: Vec<(String, String)>| refused.into_iter().map(|(_, path)| path).collect::<Vec<_>>();
    let create = async |definition| paths(refused(catalog.fallbacks().create(definition).await));
    assert_eq!(create(pay("3s", "retrys", "1")).await, ["$.options[0].retrys", "$.deadline"]);
    assert_eq!(create(pay("4s", "retrys", "1")).await, ["$.options[0].retrys"]);
    // What follows from another fault is none.
    assert_eq!(create(pay("3s", "timeout", "2")).await, ["$.options[0].timeout"]);
}
