use ductape_catalog::{CatalogError, Process, ProcessAction, Processed};
use serde_json::json;

use crate::support::{Scripted, catalog};

fn update(input: serde_json::Value) -> Process {
    let mut process = Process::new("payment-failure", ProcessAction::Update);
    process.input = input;
    process
}

#[tokio::test(start_paused = true)]
async fn a_fallback_is_triggered_updated_and_reset() {
    let (a, b, c) = (Scripted::failing(500), Scripted::failing(500), Scripted::answering(json!({ "ok": true })));
    let catalog = catalog(&[("stripe/x", &a), ("square/x", &b), ("paypal/x", &c)]).await;
    let option = |app: &str| json!({ "app": app, "event": "x", "breaker": { "failures": 5 } });
    let options = [option("stripe"), option("square"), option("paypal")];
    let input = json!({ "orderId": { "type": "string" } });
    let definition = json!({ "tag": "payment-failure", "input": input, "options": options });
    catalog.fallbacks().create(definition).await.expect("it is sound");

    let trigger = || {
        let mut process = Process::new("payment-failure", ProcessAction::Trigger);
        process.input = json!({ "orderId": "12345" });
        process
    };
    let triggered = catalog.fallbacks().process(trigger()).await.expect("paypal serves");
    assert!(matches!(triggered, Processed::Triggered(result) if result.provider == "paypal" && result.attempts == 3));

    let change = update(json!({ "maxRetries": 3, "fallbackProvider": "paypal" }));
    let Processed::Updated(updated) = catalog.fallbacks().process(change).await.expect("it is sound") else {
        panic!("it was an update")
    };
    assert_eq!((updated.version, updated.providers()), (2, ["stripe", "paypal", "square"].map(String::from).to_vec()));
    assert!(updated.definition.options.iter().all(|option| option.policies.retries == Some(3)));
    catalog.fallbacks().process(trigger()).await.expect("paypal serves");
    // The breaker has gone on counting: at its fifth failure it opens.
    assert_eq!((a.calls(), b.calls(), c.calls()), (5, 1, 2));

    let reset = Process::new("payment-failure", ProcessAction::Reset);
    let Processed::Reset(cleared) = catalog.fallbacks().process(reset).await.expect("it is there") else {
        panic!("it was a reset")
    };
    assert_eq!(cleared.providers[0].breaker.map(|breaker| breaker.phase.to_string()).as_deref(), Some("open for 1m"));
    catalog.fallbacks().process(trigger()).await.expect("paypal serves");
    assert_eq!(a.calls(), 9, "it is called again, with all its retries");
}

#[tokio::test(start_paused = true)]
async fn a_patch_updates_and_what_does_not_exist_is_refused() {
    let a = Scripted::answering(json!({}));
    let catalog = catalog(&[("stripe/x", &a)]).await;
    let definition = json!({ "tag": "payment-failure", "options": [{ "app": "stripe", "event": "x" }] });
    catalog.fallbacks().create(definition).await.expect("it is sound");

    catalog.fallbacks().process(update(json!({ "description": "new" }))).await.expect("it is sound");
    assert_eq!(
        catalog.fallbacks().fetch("payment-failure").await.expect("it is there").description.as_deref(),
        Some("new")
    );
    // What changes nothing makes no version.
    for nothing in [json!({}), json!({ "description": "new" })] {
        catalog.fallbacks().process(update(nothing)).await.expect("it is sound");
    }
    catalog.fallbacks().update("payment-failure", json!({})).await.expect("it is sound");
    assert_eq!(catalog.fallbacks().fetch("payment-failure").await.expect("it is there").version, 2);
    let primary = catalog.fallbacks().process(update(json!({ "fallbackProvider": "stripe", "maxRetries": 3 }))).await;
    assert!(matches!(&primary, Err(CatalogError::Primary { provider, .. }) if provider == "stripe"), "{primary:?}");
    let unknown = catalog.fallbacks().process(update(json!({ "fallbackProvider": "adyen" }))).await;
    assert!(matches!(unknown, Err(CatalogError::UnknownProvider { .. })));
    let mixed = catalog.fallbacks().process(update(json!({ "maxRetries": 3, "descripton": 1 }))).await;
    assert!(matches!(mixed, Err(CatalogError::Invalid(_))));
    assert_eq!(catalog.fallbacks().fetch("payment-failure").await.expect("it is there").version, 2);
}
