//! What operators see of a catalogue through its runtime.

use std::time::Duration;

use ductape_catalog::{Catalog, Run};
use ductape_runtime::{Policy, Status};
use serde_json::json;

use crate::support::{Scripted, builder};

async fn opened(charge: &Scripted, ping: &Scripted) -> Catalog {
    let builder = builder().app("stripe", |app| ping.action(charge.action(app, "charge").into(), "ping"));
    let catalog = builder.open().await.expect("it opens");
    let option =
        json!({ "app": "stripe", "event": "charge", "healthcheck": "stripe-health", "breaker": { "failures": 1 } });
    catalog.fallbacks().create(json!({ "tag": "pay", "options": [option] })).await.expect("it is sound");
    let events = json!([{ "type": "fallback", "event": "pay" }]);
    catalog.features().create(json!({ "tag": "order", "events": events })).await.expect("it is sound");
    for (tag, env) in [("stripe-health", "prd"), ("elsewhere", "dev")] {
        let check = json!({ "tag": tag, "app": "stripe", "event": "ping", "interval": "1h", "envs": [env] });
        catalog.healthchecks().create(check).await.expect("it is sound");
    }
    catalog
}

#[tokio::test(start_paused = true)]
async fn a_runtime_lists_plans_and_healthchecks_that_are_data() {
    let (charge, ping) = (Scripted::answering(json!({})), Scripted::failing(500));
    let catalog = opened(&charge, &ping).await;
    let runtime = catalog.runtime();
    catalog.features().run(Run::new("order")).await.expect("stripe serves");
    tokio::time::sleep(Duration::from_secs(1)).await;

    let tags = || runtime.plans().iter().map(|plan| plan.plan().tag().to_owned()).collect::<Vec<_>>();
    assert_eq!(tags(), ["order", "pay"]);
    let snapshot = runtime.snapshot();
    let pay = snapshot.plans.iter().find(|plan| plan.stats.plan == "pay").expect("it is listed");
    assert_eq!(pay.stats.since_start.calls, 1);
    assert_eq!(pay.providers[0].health, Some(Status::Unhealthy));
    assert_eq!(runtime.effective().plan("pay").map(|pay| pay.settings.is_empty()), Some(false));
    let health = runtime.health();
    assert_eq!((health.checks.len(), health.http()), (1, 503));
    assert_eq!(health.checks["stripe-health"].status, Status::Unhealthy);
    let calls = ping.calls();
    assert_eq!(runtime.check_health().await.checks["stripe-health"].status, Status::Unhealthy);
    assert_eq!(ping.calls(), calls + 1);

    // As they are defined now, and in no other runtime.
    catalog.features().delete("order").await.expect("nobody names it");
    assert_eq!(tags(), ["pay"]);
    let unknown = runtime.plan("paj").expect_err("there is none").to_string();
    assert!(unknown.ends_with("did you mean `pay`?"), "{unknown}");
    assert!(ductape_runtime::runtime().plan("pay").is_err());
}

#[tokio::test(start_paused = true)]
async fn a_runtime_steers_plans_that_are_data() {
    let (charge, ping) = (Scripted::failing(500), Scripted::answering(json!({})));
    let catalog = opened(&charge, &ping).await;
    let runtime = catalog.runtime();
    let run = || catalog.fallbacks().run(Run::new("pay"));
    assert!(run().await.is_err() && run().await.is_err());
    assert_eq!(charge.calls(), 1, "the breaker is open");
    runtime.switch(Policy::Breaker, false);
    assert!(run().await.is_err());
    assert_eq!(charge.calls(), 2);
    runtime.plan("pay").expect("it is listed").cordon("stripe", "being repaired").expect("it is there");
    assert!(run().await.is_err());
    assert_eq!(charge.calls(), 2);
}
