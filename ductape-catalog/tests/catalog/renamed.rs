//! An option without a name of its own is called by its app, and by its app and action when the app has another option.

use std::time::{Duration, SystemTime};

use ductape_catalog::store::{Memory, Store};
use ductape_catalog::{Catalog, CatalogError, Run};
use serde_json::{Value, json};

use crate::support::{Scripted, builder};

fn over(actions: &[&str]) -> Value {
    let option = |action: &&str| {
        let (app, event) = action.split_once('/').expect("app/action");
        json!({ "app": app, "event": event, "breaker": true })
    };
    json!({ "options": actions.iter().map(option).collect::<Value>() })
}

async fn opened(x: &Scripted, store: &Memory) -> Catalog {
    let b = Scripted::answering(json!({}));
    let builder = builder().app("a", |app| b.action(x.action(app, "x").into(), "y")).app("b", |app| b.action(app, "x"));
    builder.store(store.clone()).open().await.expect("it opens")
}

/// The calls that the history has of each provider.
async fn recorded(catalog: &Catalog) -> Vec<(String, u64)> {
    catalog.flush().await.expect("it is in memory");
    let (now, hour) = (SystemTime::now(), Duration::from_secs(3_600));
    let hours = catalog.history("f", now - hour..now + hour).await.expect("it can be read");
    let mut calls = std::collections::BTreeMap::new();
    for hour in hours {
        *calls.entry(hour.provider).or_default() += hour.totals.calls;
    }
    calls.into_iter().collect()
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_goes_by_another_name_keeps_its_state() {
    let (x, store) = (Scripted::failing(500), Memory::new());
    let catalog = opened(&x, &store).await;
    let mut definition = over(&["a/x", "b/x"]);
    definition["tag"] = json!("f");
    catalog.fallbacks().create(definition).await.expect("it is sound");
    let run = async |catalog: &Catalog| catalog.fallbacks().run(Run::new("f")).await.expect("somebody serves").provider;
    assert_eq!(run(&catalog).await, "b");
    let patch = serde_json::from_value(json!({ "providers": { "a": { "retries": 2 } } })).expect("a patch");
    catalog.update("f", patch).await.expect("it is sound");
    catalog.cordon("f", "a", "being repaired").await.expect("it is there");
    assert_eq!(recorded(&catalog).await, [("a".to_owned(), 1), ("b".to_owned(), 1)]);
    run(&catalog).await;

    // Another option of the same app.
    let updated = catalog.fallbacks().update("f", over(&["a/x", "a/y", "b/x"])).await.expect("it is sound");
    assert_eq!(updated.providers(), ["a/x", "a/y", "b"]);
    let reopened = opened(&x, &store).await;
    for catalog in [&catalog, &reopened] {
        let plan = catalog.plan("f").expect("it runs");
        assert_eq!(plan.cordoned("a/x").as_deref(), Some("being repaired"));
        assert_eq!(plan.cordoned("a/y"), None);
        let retries = |provider: &str| plan.plan().provider(provider).map(ductape_runtime::Provider::retries);
        assert_eq!((retries("a/x"), retries("a/y")), (Some(2), Some(0)));
        assert_eq!((run(catalog).await.as_str(), x.calls()), ("a/y", 1));
    }
    let plan = catalog.plan("f").expect("it runs");
    let calls = |provider: &str| plan.stats().provider(provider).map(|provider| provider.since_start.calls);
    assert_eq!((calls("a/x"), calls("a/y"), calls("b")), (Some(1), Some(1), Some(2)));
    assert_eq!(plan.breaker("a/x").map(|breaker| breaker.failures_in_a_row), Some(1));
    assert_eq!(recorded(&catalog).await, [("a/x".to_owned(), 1), ("a/y".to_owned(), 1), ("b".to_owned(), 2)]);
    let error = catalog.uncordon("f", "a").await.expect_err("it has another name");
    assert!(matches!(&error, CatalogError::UnknownProvider { known, .. } if known[0] == "a/x"), "{error}");

    // And back: of the one that goes, nothing is left.
    catalog.cordon("f", "a/y", "too dear").await.expect("it is there");
    catalog.fallbacks().update("f", over(&["a/x", "b/x"])).await.expect("it is sound");
    let plan = catalog.plan("f").expect("it runs");
    assert_eq!(plan.cordoned("a").as_deref(), Some("being repaired"));
    assert_eq!(plan.stats().provider("a").map(|a| a.since_start.calls), Some(1));
    let kept = store.load().await.expect("in memory");
    assert_eq!(kept.cordons.keys().map(|(_, provider)| provider.as_str()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(serde_json::to_value(&kept.overrides["f"]).expect("it is JSON")["providers"]["a"]["retries"], 2);
    assert_eq!(recorded(&catalog).await[0], ("a".to_owned(), 1));
}

#[tokio::test(start_paused = true)]
async fn a_name_that_has_become_free_is_that_of_another_provider() {
    let (x, store) = (Scripted::answering(json!({})), Memory::new());
    let catalog = opened(&x, &store).await;
    let mut definition = over(&["a/x"]);
    definition["tag"] = json!("f");
    catalog.fallbacks().create(definition).await.expect("it is sound");
    catalog.fallbacks().run(Run::new("f")).await.expect("a serves");
    catalog.cordon("f", "a", "being repaired").await.expect("it is there");
    let mut options = over(&["a/x", "a/y", "b/x"]);
    options["options"][2]["provider"] = json!("a");
    catalog.fallbacks().update("f", options).await.expect("it is sound");
    for catalog in [&catalog, &opened(&x, &store).await] {
        let plan = catalog.plan("f").expect("it runs");
        assert_eq!((plan.cordoned("a/x").as_deref(), plan.cordoned("a")), (Some("being repaired"), None));
    }
    let stats = catalog.plan("f").expect("it runs").stats();
    let calls = |provider: &str| stats.provider(provider).map(|provider| provider.since_start.calls);
    assert_eq!((calls("a/x"), calls("a")), (Some(1), Some(0)));
}
