use std::time::Duration;

use ductape_catalog::{CatalogError, DataType, Run};
use serde_json::{Value, json};

use crate::support::{Act, Scripted, catalog};

fn feature() -> Value {
    json!({
        "tag": "process-payment",
        "input": { "amount": { "type": "NUMBER" } },
        "events": [
            { "type": "ACTION", "app": "checks", "event": "validate", "input": { "amount": "$Input{amount}" } },
            { "type": "FALLBACK", "event": "payment", "input": { "amount": "$Input{amount}" } },
            { "type": "ACTION", "app": "log", "event": "write", "retries": 1,
              "input": { "id": "$Sequence{payment}{id}", "by": "$Sequence{payment}{provider}" } }
        ],
        "output": { "id": "$Sequence{payment}{id}", "checked": "$Sequence{validate}{ok}" }
    })
}

fn payment() -> Value {
    let output = json!({ "id": "$Response{id}" });
    json!({ "tag": "payment", "input": { "amount": { "type": "NUMBER" } }, "options": [
        { "app": "stripe", "event": "charge", "output": output }, { "app": "paypal", "event": "pay", "output": output } ] })
}

struct Apps {
    validate: Scripted,
    stripe: Scripted,
    paypal: Scripted,
    log: Scripted,
}

impl Apps {
    fn new() -> Self {
        Self {
            validate: Scripted::answering(json!({ "ok": true })),
            stripe: Scripted::failing(500),
            paypal: Scripted::answering(json!({ "id": "p1" })),
            log: Scripted::new([Act::Fail(500), Act::Answer(json!({}))]),
        }
    }

    async fn catalog(&self) -> ductape_catalog::Catalog {
        let Self { validate, stripe, paypal, log } = self;
        let actions =
            [("checks/validate", validate), ("stripe/charge", stripe), ("paypal/pay", paypal), ("log/write", log)];
        let catalog = catalog(&actions).await;
        catalog.fallbacks().create(payment()).await.expect("it is sound");
        catalog.features().create(feature()).await.expect("it is sound");
        catalog
    }
}

fn run() -> Run {
    Run::new("process-payment").input(json!({ "amount": 5 }))
}

#[tokio::test(start_paused = true)]
async fn events_run_in_order_each_with_what_earlier_ones_yielded() {
    let apps = Apps::new();
    let catalog = apps.catalog().await;
    let result = catalog.features().run(run()).await.expect("all is well");
    assert_eq!(result.data, json!({ "id": "p1", "checked": true }));
    assert_eq!(apps.log.given(), vec![json!({ "id": "p1", "by": "paypal" }); 2], "and its own retry");
    assert_eq!((apps.validate.calls(), apps.stripe.calls(), apps.paypal.calls()), (1, 1, 1));
    let stats = catalog.plan("process-payment").expect("it runs").stats();
    assert_eq!(stats.provider("write").map(|event| event.since_start.calls), Some(2));
}

#[tokio::test(start_paused = true)]
async fn an_error_names_the_event_and_ends_the_feature() {
    let apps = Apps { paypal: Scripted::failing(503), ..Apps::new() };
    let catalog = apps.catalog().await;
    let error = catalog.features().run(run()).await.expect_err("the payment fails");
    let CatalogError::Event { feature, event, error: failed } = &error else { panic!("{error}") };
    assert_eq!((feature.as_str(), event.as_str()), ("process-payment", "payment"));
    let nested = failed.last().and_then(|error| error.nested_run()).expect("the fallback's own error");
    assert!(matches!(nested, CatalogError::Failed(nested) if nested.trail().entries().len() == 2));
    assert!(error.to_string().contains("status 503"), "{error}");
    assert_eq!(apps.log.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_may_fail_does_not_end_the_feature() {
    let apps = Apps { log: Scripted::failing(500), ..Apps::new() };
    let catalog = apps.catalog().await;
    assert!(catalog.features().run(run()).await.is_err());
    let mut events = feature()["events"].clone();
    events[2]["allow_fail"] = true.into();
    catalog.features().update("process-payment", json!({ "events": events })).await.expect("it is sound");
    let result = catalog.features().run(run()).await.expect("all that matters is well");
    assert_eq!(result["id"], "p1");
    assert_eq!(apps.log.calls(), 4);
}

#[tokio::test(start_paused = true)]
async fn an_option_runs_a_feature_and_the_deadline_bounds_all_of_it() {
    let (slow, quick) =
        (Scripted::new([Act::Slow(9_000, json!({ "id": 1 }))]), Scripted::answering(json!({ "id": 2 })));
    let catalog = catalog(&[("a/x", &slow), ("b/x", &quick)]).await;
    catalog
        .features()
        .define("inner", |ctx| {
            ctx.input("n", DataType::Number);
            ctx.action("a", "x");
            ctx.action("a", "x").set("as", "again");
            ctx.set("deadline", "20s");
        })
        .await
        .expect("it is sound");
    let options = json!([
        { "type": "FEATURE", "event": "inner", "output": { "id": "$Response{id}" } },
        { "app": "b", "event": "x", "output": { "id": "$Response{id}" } } ]);
    let outer = json!({ "tag": "outer", "input": { "n": { "type": "number" } }, "options": options });
    catalog.fallbacks().create(outer).await.expect("it is sound");
    let outer = || Run::new("outer").input(json!({ "n": 1 }));
    let result = catalog.fallbacks().run(outer()).await.expect("the feature serves");
    assert_eq!((result.provider.as_str(), result.elapsed), ("inner", Duration::from_secs(18)));

    catalog.features().update("inner", json!({ "deadline": "10s" })).await.expect_err("not room for both");
    let mut options =
        catalog.fallbacks().fetch("outer").await.expect("it is there").definition.to_value()["options"].clone();
    options[0]["timeout"] = "12s".into();
    catalog.fallbacks().update("outer", json!({ "options": options })).await.expect("it is sound");
    let result = catalog.fallbacks().run(outer()).await.expect("the other one serves");
    assert_eq!((result.provider.as_str(), result.elapsed), ("b", Duration::from_secs(12)));
}

#[tokio::test(start_paused = true)]
async fn features_that_run_themselves_and_fields_that_nobody_yields_are_refused() {
    let apps = Apps::new();
    let catalog = apps.catalog().await;
    let events = json!([{ "type": "FEATURE", "event": "process-payment", "input": { "amount": 1 } }]);
    let refused = catalog.features().update("process-payment", json!({ "events": events })).await;
    assert!(matches!(&refused, Err(CatalogError::Invalid(_))), "{refused:?}");
    let refused =
        catalog.features().update("process-payment", json!({ "output": { "x": "$Sequence{payment}{idd}" } })).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("did you mean `id`?")));
    let refused = catalog.fallbacks().delete("payment").await;
    assert!(matches!(&refused, Err(CatalogError::Invalid(_))), "the feature names it");
    assert_eq!(catalog.features().fetch("process-payment").await.expect("it is there").version, 1);
}

#[tokio::test(start_paused = true)]
async fn an_output_that_cannot_be_made_is_told_and_a_feature_is_not_cached() {
    let a = Scripted::answering(json!({ "id": 1 }));
    let catalog = catalog(&[("a/x", &a)]).await;
    let events = json!([{ "type": "ACTION", "app": "a", "event": "x" }]);
    let feature = json!({ "tag": "f", "events": events, "output": { "by": "$Sequence{x}{missing}" } });
    catalog.features().create(feature).await.expect("nobody knows what the action answers");
    let error = catalog.features().run(Run::new("f")).await.expect_err("it answers something else");
    assert!(matches!(&error, CatalogError::Output { .. }) && error.to_string().contains("missing"), "{error}");
    catalog.caches().create(json!({ "tag": "kept", "expiry": "1m" })).await.expect("it is sound");
    let refused = catalog.features().run(Run::new("f").cache("kept")).await;
    assert!(matches!(refused, Err(CatalogError::NotCached { .. })));
    assert_eq!(a.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn provider_counts_as_yielded_whatever_serves_an_event() {
    let (a, number) = (Scripted::answering(json!({ "id": 1 })), Scripted::answering(json!(7)));
    let of_its_own = Scripted::answering(json!({ "provider": "visa" }));
    let catalog = catalog(&[("a/x", &a), ("b/number", &number), ("c/own", &of_its_own)]).await;
    let output = json!({ "id": "$Response{id}" });
    let option = json!({ "app": "a", "event": "x", "output": output });
    catalog.fallbacks().create(json!({ "tag": "fb", "options": [option] })).await.expect("it is sound");
    let inner = json!({ "tag": "inner", "events": [{ "type": "FALLBACK", "event": "fb" }], "output": { "n": 1 } });
    catalog.features().create(inner).await.expect("it is sound");
    let events = [
        (json!({ "type": "ACTION", "app": "a", "event": "x" }), "it"),
        (json!({ "type": "ACTION", "app": "a", "event": "x", "output": output }), "it"),
        (json!({ "type": "ACTION", "app": "b", "event": "number" }), "it"),
        (json!({ "type": "ACTION", "app": "c", "event": "own" }), "visa"),
        (json!({ "type": "FALLBACK", "event": "fb" }), "a"),
        (json!({ "type": "FALLBACK", "event": "fb", "output": output }), "a"),
        (json!({ "type": "FEATURE", "event": "inner" }), "a"),
        (json!({ "type": "FEATURE", "event": "inner", "output": { "n": "$Response{n}" } }), "a"),
    ];
    for (at, (mut event, by)) in events.into_iter().enumerate() {
        let tag = format!("f{at}");
        event["as"] = "it".into();
        let feature = json!({ "tag": tag, "events": [event], "output": { "by": "$Sequence{it}{provider}" } });
        catalog.features().create(feature).await.expect("it is sound");
        let result = catalog.features().run(Run::new(tag)).await.expect("all is well");
        assert_eq!(result.data, json!({ "by": by }), "{event}");
    }
}
