//! R30: what must not happen twice does not, whatever runs inside what.

use std::collections::HashMap;

use ductape_catalog::{App, Catalog, CatalogError, Run};
use ductape_runtime::ErrorKind;
use serde_json::{Value, json};

use crate::support::{Act, Scripted, builder, verdict};

/// `bank/charge` must not happen twice; `log/write` and `other/charge` may.
struct Apps {
    charge: Scripted,
    log: Scripted,
    other: Scripted,
}

impl Apps {
    fn charging(charge: Scripted) -> Self {
        Self { charge, log: Scripted::answering(json!({})), other: Scripted::answering(json!({ "id": "other" })) }
    }

    /// The charge takes longer than anybody waits: it may have happened.
    fn hanging() -> Self {
        Self::charging(Scripted::new([Act::Slow(3_600_000, json!({}))]))
    }

    async fn catalog(&self) -> Catalog {
        let Self { charge, log, other } = self;
        let builder = builder()
            .app("bank", |app| charge.action(app, "charge").at_most_once())
            .app("log", |app| log.action(app, "write"))
            .app("other", |app| other.action(app, "charge"));
        builder.open().await.expect("it opens")
    }

    fn calls(&self) -> (usize, usize) {
        (self.charge.calls(), self.other.calls())
    }
}

/// Events of a feature, each an action.
#[expect(clippy::needless_pass_by_value, reason = "it is written in place")]
fn feature(events: Value) -> Value {
    json!({ "tag": "charging", "events": events })
}

#[expect(clippy::needless_pass_by_value, reason = "it is written in place")]
fn charge(keys: Value) -> Value {
    let mut event = json!({ "type": "action", "app": "bank", "event": "charge" });
    event.as_object_mut().expect("an object").extend(keys.as_object().expect("keys").clone());
    event
}

/// Runs the feature, and another bank when that fails.
#[expect(clippy::needless_pass_by_value, reason = "it is written in place")]
fn around(keys: Value) -> Value {
    let mut option = json!({ "type": "FEATURE", "event": "charging", "retries": 2 });
    option.as_object_mut().expect("an object").extend(keys.as_object().expect("keys").clone());
    json!({ "tag": "around", "options": [option, { "app": "other", "event": "charge" }] })
}

#[tokio::test(start_paused = true)]
async fn r30_an_event_that_may_have_happened_is_not_tried_again() {
    let apps = Apps::hanging();
    let catalog = apps.catalog().await;
    let events = json!([charge(json!({ "retries": 3, "timeout": "1s" }))]);
    catalog.features().create(feature(events)).await.expect("it is sound");
    let error = catalog.features().run(Run::new("charging")).await.expect_err("nobody knows");
    assert_eq!((error.kind(), apps.calls()), (Some(ErrorKind::Ambiguous), (1, 0)));
}

#[tokio::test(start_paused = true)]
async fn r30_an_event_whose_error_says_that_nothing_happened_is_tried_again() {
    let apps = Apps::charging(Scripted::new([Act::Fail(503), Act::Fail(503), Act::Answer(json!({}))]));
    let catalog = apps.catalog().await;
    let events = json!([charge(json!({ "retries": 3, "retry_on": ["503"] }))]);
    catalog.features().create(feature(events)).await.expect("it is sound");
    catalog.features().run(Run::new("charging")).await.expect("the third try is good");
    assert_eq!(apps.calls(), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn r30_other_events_of_the_feature_are_tried_again_after_a_timeout() {
    let apps = Apps {
        log: Scripted::new([Act::Slow(60_000, json!({})), Act::Answer(json!({}))]),
        ..Apps::charging(Scripted::answering(json!({})))
    };
    let catalog = apps.catalog().await;
    let log = json!({ "type": "action", "app": "log", "event": "write", "retries": 1, "timeout": "1s" });
    catalog.features().create(feature(json!([charge(json!({})), log]))).await.expect("it is sound");
    catalog.features().run(Run::new("charging")).await.expect("the second try is good");
    assert_eq!((apps.calls(), apps.log.calls()), ((1, 0), 2));
}

#[tokio::test(start_paused = true)]
async fn r30_what_runs_it_ends_when_nobody_knows_whether_it_happened() {
    // Within the feature, and around it.
    for (event, option) in
        [(json!({ "timeout": "1s" }), json!({})), (json!({ "timeout": "1h" }), json!({ "timeout": "2s" }))]
    {
        let apps = Apps::hanging();
        let catalog = apps.catalog().await;
        catalog.features().create(feature(json!([charge(event)]))).await.expect("it is sound");
        catalog.fallbacks().create(around(option)).await.expect("it is sound");
        let error = catalog.fallbacks().run(Run::new("around")).await.expect_err("nobody knows");
        assert_eq!((error.kind(), apps.calls()), (Some(ErrorKind::Ambiguous), (1, 0)));
    }
}

#[tokio::test(start_paused = true)]
async fn r30_what_runs_it_ends_when_it_happened_and_something_after_it_failed() {
    let apps = Apps { log: Scripted::failing(500), ..Apps::charging(Scripted::answering(json!({ "id": 1 }))) };
    let catalog = apps.catalog().await;
    let log = json!({ "type": "action", "app": "log", "event": "write" });
    catalog.features().create(feature(json!([charge(json!({})), log]))).await.expect("it is sound");
    catalog.fallbacks().create(around(json!({}))).await.expect("it is sound");
    let error = catalog.fallbacks().run(Run::new("around")).await.expect_err("it is charged, and not logged");
    assert_eq!((error.kind(), apps.calls()), (Some(ErrorKind::Ambiguous), (1, 0)));
    assert!(error.to_string().contains("`write`"), "{error}");

    // The same, where what is missing is a field.
    catalog.features().update("charging", json!({ "events": [charge(json!({}))] })).await.expect("it is sound");
    let mapped = around(json!({ "output": { "id": "$Response{identity}" } }))["options"].clone();
    catalog.fallbacks().update("around", json!({ "options": mapped })).await.expect("nobody knows what it answers");
    let error = catalog.fallbacks().run(Run::new("around")).await.expect_err("it is charged");
    assert_eq!((error.kind(), apps.calls()), (Some(ErrorKind::Ambiguous), (2, 0)));
}

#[tokio::test(start_paused = true)]
async fn r30_what_fails_before_it_happens_leaves_the_way_free() {
    let apps = Apps { log: Scripted::failing(500), ..Apps::charging(Scripted::answering(json!({}))) };
    let catalog = apps.catalog().await;
    let log = json!({ "type": "action", "app": "log", "event": "write" });
    catalog.features().create(feature(json!([log, charge(json!({}))]))).await.expect("it is sound");
    catalog.fallbacks().create(around(json!({}))).await.expect("it is sound");
    let result = catalog.fallbacks().run(Run::new("around")).await.expect("the other bank serves");
    assert_eq!((result["id"].clone(), apps.calls(), apps.log.calls()), (json!("other"), (0, 1), 3));
}

#[tokio::test(start_paused = true)]
async fn r30_neither_hedge_nor_cache_repeats_it_however_deep_it_lies() {
    let apps = Apps::charging(Scripted::answering(json!({})));
    let catalog = apps.catalog().await;
    let harmless = json!({ "type": "action", "app": "log", "event": "write" });
    catalog.features().create(feature(json!([harmless]))).await.expect("it is sound");
    let mut hedged = around(json!({}));
    (hedged["hedge"], hedged["cache"]) = (json!("100ms"), json!({ "expiry": "1m" }));
    catalog.fallbacks().create(hedged).await.expect("nothing in it must not happen twice");
    let outer =
        json!({ "tag": "outer", "cache": { "expiry": "1m" }, "options": [{ "type": "feature", "event": "more" }] });
    let more = json!({ "tag": "more", "events": [{ "type": "fallback", "event": "around" }] });
    catalog.features().create(more).await.expect("it is sound");
    catalog.fallbacks().create(outer).await.expect("it is sound");

    // The innermost changes: all that is around it is looked at.
    let refused = catalog.features().update("charging", json!({ "events": [charge(json!({}))] })).await;
    let Err(CatalogError::Invalid(invalid)) = refused else { panic!("{refused:?}") };
    let at = |fault: &ductape_catalog::definition::Fault| {
        (fault.definition.as_ref().map(|named| named.tag.clone()).unwrap_or_default(), fault.path.to_string())
    };
    let expected = [("around", "$.hedge"), ("around", "$.cache"), ("outer", "$.cache")];
    assert_eq!(
        invalid.faults().iter().map(at).collect::<Vec<_>>(),
        expected.map(|(tag, path)| (tag.to_owned(), path.to_owned()))
    );
    assert_eq!(catalog.features().fetch("charging").await.expect("it is there").version, 1);
}

#[tokio::test(start_paused = true)]
async fn r30_what_runs_it_learns_when_that_changes() {
    let apps = Apps::hanging();
    let catalog = apps.catalog().await;
    let harmless = json!({ "type": "action", "app": "log", "event": "write" });
    catalog.features().create(feature(json!([harmless]))).await.expect("it is sound");
    catalog.fallbacks().create(around(json!({ "timeout": "2s" }))).await.expect("it is sound");
    catalog.caches().create(json!({ "tag": "kept", "expiry": "1m" })).await.expect("it is sound");
    let run = || Run::new("around").cache("kept");
    catalog.fallbacks().run(run()).await.expect("it may be kept");
    catalog
        .features()
        .update("charging", json!({ "events": [charge(json!({ "timeout": "1h" }))] }))
        .await
        .expect("it is sound");
    let refused = catalog.fallbacks().run(run()).await;
    assert!(matches!(refused, Err(CatalogError::NotCached { .. })), "{refused:?}");
    let error = catalog.fallbacks().run(Run::new("around")).await.expect_err("nobody knows");
    assert_eq!((error.kind(), apps.calls()), (Some(ErrorKind::Ambiguous), (1, 0)));
}

#[tokio::test(start_paused = true)]
async fn r30_what_is_done_and_whose_answer_is_no_json_is_not_done_by_another() {
    let apps = |calls: &Scripted| {
        let calls = calls.clone();
        let pay = move |input: Value| {
            let charged = calls.clone().call(input);
            async move { charged.await.map(|_| HashMap::from([((1, 2), 3)])) }
        };
        move |app: App| app.action("charge", pay)
    };
    // The action says so, or the definition does; a plan that may do it again goes on.
    for (of_action, of_plan, ends) in [(true, false, true), (false, true, true), (false, false, false)] {
        let (bank, other) = (Scripted::answering(json!({})), Scripted::answering(json!({})));
        let app = apps(&bank);
        let builder = builder().app("other", |app| other.action(app, "charge").classify(verdict));
        let builder = if of_action {
            builder.app("bank", |it| app(it).at_most_once())
        } else {
            builder.app("bank", |it| app(it).classify(verdict))
        };
        let catalog = builder.open().await.expect("it opens");
        let options =
            json!([{ "app": "bank", "event": "charge", "retries": 2 }, { "app": "other", "event": "charge" }]);
        let definition = json!({ "tag": "pay", "at_most_once": of_plan, "options": options });
        catalog.fallbacks().create(definition).await.expect("it is sound");
        let result = catalog.fallbacks().run(Run::new("pay")).await;
        let kind = result.err().and_then(|error| error.kind());
        assert_eq!((bank.calls(), other.calls()), (1, usize::from(!ends)));
        assert_eq!(kind, ends.then_some(ErrorKind::Ambiguous));
    }
}

#[tokio::test(start_paused = true)]
async fn r30_an_input_that_does_not_fit_says_that_nothing_happened() {
    let other = Scripted::answering(json!({}));
    let builder = builder()
        .app("bank", |app| app.action("charge", async |_: u32| Ok::<_, String>(0)).at_most_once())
        .app("other", |app| other.action(app, "charge"));
    let catalog = builder.open().await.expect("it opens");
    let options = json!([{ "app": "bank", "event": "charge" }, { "app": "other", "event": "charge" }]);
    catalog.fallbacks().create(json!({ "tag": "pay", "options": options })).await.expect("it is sound");
    let result = catalog.fallbacks().run(Run::new("pay")).await.expect("the other bank serves");
    assert_eq!((result.provider.as_str(), other.calls()), ("other", 1));
}

#[tokio::test(start_paused = true)]
async fn r30_no_healthcheck_repeats_it() {
    let apps = Apps::charging(Scripted::answering(json!({})));
    let catalog = apps.catalog().await;
    let check = |app: &str, event: &str| json!({ "tag": format!("{app}-health"), "app": app, "event": event, "interval": "1h" });
    let Err(CatalogError::Invalid(refused)) = catalog.healthchecks().create(check("bank", "charge")).await else {
        panic!("it would charge every hour")
    };
    assert_eq!(refused.faults()[0].path.to_string(), "$.event");
    catalog.healthchecks().create(check("log", "write")).await.expect("logging may be repeated");
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!((apps.calls(), apps.log.calls()), ((0, 0), 1));
}
