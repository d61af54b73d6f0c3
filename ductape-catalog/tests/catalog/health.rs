use std::time::Duration;

use ductape_catalog::{CatalogError, Run};
use ductape_runtime::Status;
use serde_json::{Value, json};

use crate::support::{Act, Scripted, builder, catalog};

fn smart() -> Value {
    json!({ "tag": "smart", "options": [
        { "app": "stripe", "event": "charge", "healthcheck": "stripe-health" }, { "app": "paypal", "event": "charge" } ] })
}

#[tokio::test(start_paused = true)]
async fn an_unhealthy_option_is_skipped_and_tracked() {
    let (charge, ping, paypal) =
        (Scripted::answering(json!({})), Scripted::failing(500), Scripted::answering(json!({})));
    let catalog = builder()
        .app("stripe", |app| ping.action(charge.action(app, "charge").into(), "ping"))
        .app("paypal", |app| paypal.action(app, "charge"))
        .open()
        .await
        .expect("it opens");
    // The fallback first: its healthcheck is pending.
    let smart = smart();
    let created = catalog.fallbacks().create(&smart).await.expect("it is sound");
    assert!(created.options[0].pending && created.options[0].provider_status == Status::Unknown);
    let shown = serde_json::to_value(&created).expect("it is JSON");
    assert_eq!(shown["options"][0]["pending"], json!(true));
    // What is shown can be written again.
    catalog.fallbacks().update(&created.tag, json!({ "options": shown["options"] })).await.expect("it is sound");
    assert_eq!(catalog.fallbacks().run(Run::new("smart")).await.expect("stripe serves").provider, "stripe");

    catalog
        .healthchecks()
        .define("stripe-health", |ctx| {
            ctx.probe().app("stripe").action("ping");
            ctx.interval(30_000).retries(2).env("prd");
        })
        .await
        .expect("it is sound");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(ping.calls(), 3, "a check, and its retries");
    assert_eq!(catalog.healthchecks().status("stripe-health").await.expect("it is there").status, Status::Unhealthy);
    assert_eq!(catalog.fallbacks().run(Run::new("smart")).await.expect("paypal serves").provider, "paypal");

    let fetched = catalog.fallbacks().fetch("smart").await.expect("it is there");
    assert_eq!(fetched.options[0].last_available, Some(false));
    assert!(!fetched.options[0].pending && fetched.options[0].last_checked.is_some());
    // With all that the option says.
    assert_eq!((fetched.options[0].app.as_deref(), &*fetched.options[1].event), (Some("stripe"), "charge"));
    assert_eq!(serde_json::to_value(&fetched).expect("it is JSON")["options"][0]["pending"], json!(false));
    let shown = serde_json::to_value(&fetched).expect("it is JSON");
    assert_eq!(shown["options"][0]["provider_status"], "unhealthy");
    assert_eq!(shown["options"][1]["provider_status"], "unknown");

    // What is known stays when the fallback changes, and when the healthcheck does.
    catalog.fallbacks().update("smart", json!({ "description": "with health" })).await.expect("it is sound");
    catalog.healthchecks().update("stripe-health", json!({ "interval": "1h" })).await.expect("it is sound");
    assert_eq!(catalog.fallbacks().run(Run::new("smart")).await.expect("paypal serves").provider, "paypal");
    assert_eq!(charge.calls(), 1);
    // Not from under what names it: it could not be opened again.
    let refused = catalog.healthchecks().delete("stripe-health").await.expect_err("it is named");
    let expected = "fallback `smart` $.options[0].healthcheck: this names the healthcheck that is to be deleted, here: \
                    \"stripe-health\"\n  help: take it out of here first";
    assert_eq!(refused.to_string(), expected);
    let mut options = smart["options"].clone();
    options[0]["healthcheck"].take();
    catalog.fallbacks().update("smart", json!({ "options": options })).await.expect("it is sound");
    catalog.healthchecks().delete("stripe-health").await.expect("nobody names it");
    assert_eq!(catalog.fallbacks().run(Run::new("smart")).await.expect("stripe serves").provider, "stripe");
}

#[tokio::test(start_paused = true)]
async fn each_environment_has_its_own_input() {
    let ping = Scripted::answering(json!({}));
    let catalog = catalog(&[("stripe/ping", &ping)]).await;
    let envs = json!([{ "slug": "dev", "input": { "key": "test" } }, { "slug": "prd", "input": { "key": "live", "in": "$Env" } }]);
    let check = json!({ "tag": "h", "app": "stripe", "event": "ping", "interval": 60_000, "envs": envs });
    catalog.healthchecks().create(check).await.expect("it is sound");
    let report = catalog.healthchecks().run(Run::new("h")).await.expect("it is there");
    assert_eq!(report.status, Status::Healthy);
    assert_eq!(ping.given()[0], json!({ "key": "live", "in": "prd" }));

    let elsewhere = json!({ "tag": "e", "app": "stripe", "event": "ping", "interval": 60_000, "envs": ["dev"] });
    catalog.healthchecks().create(elsewhere).await.expect("it is sound");
    let before = ping.calls();
    let report = catalog.healthchecks().run(Run::new("e")).await.expect("it is there");
    assert_eq!((report.status, ping.calls()), (Status::Unknown, before));
}

#[tokio::test(start_paused = true)]
async fn it_is_checked_again_and_again_until_the_catalogue_is_gone() {
    let ping = Scripted::new([Act::Answer(json!({}))]);
    let catalog = catalog(&[("stripe/ping", &ping)]).await;
    let check = json!({ "tag": "h", "app": "stripe", "event": "ping", "interval": "10s" });
    catalog.healthchecks().create(check).await.expect("it is sound");
    tokio::time::sleep(Duration::from_secs(60)).await;
    let calls = ping.calls();
    assert!((6..=8).contains(&calls), "{calls}");
    drop(catalog);
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    assert_eq!(ping.calls(), calls);
}

#[tokio::test(start_paused = true)]
async fn a_healthcheck_that_stays_pending_is_refused_when_the_catalogue_opens() {
    let charge = Scripted::answering(json!({}));
    let builder =
        builder().app("stripe", |app| charge.action(app, "charge")).app("paypal", |app| charge.action(app, "charge"));
    let fallback = ductape_catalog::definition::Definition::from_value(&smart()).expect("it is sound");
    let error = builder.definitions([fallback]).open().await.expect_err("nobody defines `stripe-health`");
    let CatalogError::Invalid(invalid) = error else { panic!("{error}") };
    assert_eq!(invalid.faults()[0].path.to_string(), "$.options[0].healthcheck");
    assert!(invalid.faults()[0].help.starts_with("give its definition to `Builder::definitions`"), "{invalid}");
}

#[tokio::test(start_paused = true)]
async fn a_healthcheck_is_checked_as_often_as_an_option_asks_for() {
    let (charge, ping) = (Scripted::answering(json!({})), Scripted::new([Act::Answer(json!({})), Act::Fail(500)]));
    let builder = builder().app("stripe", |app| ping.action(charge.action(app, "charge").into(), "ping"));
    let catalog = builder.app("paypal", |app| charge.action(app, "charge")).open().await.expect("it opens");
    let check = json!({ "tag": "stripe-health", "app": "stripe", "event": "ping", "interval": "24h" });
    catalog.healthchecks().create(check).await.expect("it is sound");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(ping.calls(), 1);

    let mut often = smart();
    often["options"][0]["check_interval"] = 10_000.into();
    catalog.fallbacks().create(often.clone()).await.expect("it is sound");
    tokio::time::sleep(Duration::from_secs(60)).await;
    let calls = ping.calls();
    assert!((7..=9).contains(&calls), "{calls}");
    // It is one healthcheck: all see the same of it.
    assert_eq!(catalog.healthchecks().status("stripe-health").await.expect("it is there").status, Status::Unhealthy);
    let tracked = &catalog.fallbacks().fetch("smart").await.expect("it is there").options[0];
    assert_eq!(tracked.provider_status, Status::Unhealthy);
    assert_eq!(catalog.fallbacks().run(Run::new("smart")).await.expect("paypal serves").provider, "paypal");

    catalog.fallbacks().delete("smart").await.expect("it is there");
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(ping.calls(), calls + 1, "at once, and then as seldom as it says itself");
}

#[tokio::test(start_paused = true)]
async fn what_a_check_that_is_asked_for_finds_holds_for_options_with_an_interval_too() {
    let (charge, ping) = (Scripted::answering(json!({})), Scripted::new([Act::Answer(json!({})), Act::Fail(500)]));
    let builder = builder().app("stripe", |app| ping.action(charge.action(app, "charge").into(), "ping"));
    let catalog = builder.app("paypal", |app| charge.action(app, "charge")).open().await.expect("it opens");
    let check = json!({ "tag": "stripe-health", "app": "stripe", "event": "ping", "interval": "1h" });
    catalog.healthchecks().create(check).await.expect("it is sound");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut seldom = smart();
    seldom["options"][0]["check_interval"] = json!("24h");
    catalog.fallbacks().create(seldom).await.expect("it is sound");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(ping.calls(), 1, "it is checked more often than that already");
    assert_eq!(catalog.healthchecks().run(Run::new("stripe-health")).await.expect("down").status, Status::Unhealthy);
    assert_eq!(ping.calls(), 2);
    let tracked = &catalog.fallbacks().fetch("smart").await.expect("it is there").options[0];
    assert_eq!(tracked.provider_status, Status::Unhealthy);
    assert_eq!(catalog.fallbacks().run(Run::new("smart")).await.expect("paypal serves").provider, "paypal");
}

#[tokio::test(start_paused = true)]
async fn of_a_healthcheck_that_is_for_another_environment_now_nothing_is_known() {
    let (charge, ping) = (Scripted::answering(json!({})), Scripted::failing(500));
    let builder = builder().app("stripe", |app| ping.action(charge.action(app, "charge").into(), "ping"));
    let catalog = builder.app("paypal", |app| charge.action(app, "charge")).open().await.expect("it opens");
    let check = json!({ "tag": "stripe-health", "app": "stripe", "event": "ping", "interval": "1h" });
    catalog.healthchecks().create(check).await.expect("it is sound");
    catalog.fallbacks().create(smart()).await.expect("it is sound");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(catalog.fallbacks().run(Run::new("smart")).await.expect("paypal serves").provider, "paypal");
    catalog.healthchecks().update("stripe-health", json!({ "envs": ["dev"] })).await.expect("it is sound");
    assert_eq!(catalog.healthchecks().status("stripe-health").await.expect("it is there").status, Status::Unknown);
    assert_eq!(catalog.fallbacks().run(Run::new("smart")).await.expect("stripe serves").provider, "stripe");
    // For this one again, it is checked at once.
    catalog.healthchecks().update("stripe-health", json!({ "envs": ["dev", "prd"] })).await.expect("it is sound");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(catalog.fallbacks().run(Run::new("smart")).await.expect("paypal serves").provider, "paypal");
}

#[tokio::test(start_paused = true)]
async fn a_healthcheck_takes_no_input_and_no_cache() {
    let ping = Scripted::answering(json!({}));
    let catalog = catalog(&[("stripe/ping", &ping)]).await;
    let check = json!({ "tag": "h", "app": "stripe", "event": "ping", "interval": "24h" });
    catalog.healthchecks().create(check).await.expect("it is sound");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let run = async |run: Run| catalog.healthchecks().run(run).await;
    let refused = run(Run::new("h").input(json!({ "key": "test" }))).await.expect_err("it has its own");
    assert!(matches!(refused, CatalogError::NoInput { .. }) && refused.to_string().contains("`envs`"), "{refused}");
    let refused = run(Run::new("h").cache("kept")).await.expect_err("it asks anew");
    assert!(matches!(refused, CatalogError::NotCached { .. }), "{refused}");
    assert_eq!(ping.calls(), 1);
    run(Run::new("h").input(json!({})).session("s", "token")).await.expect("nothing is given");
    assert_eq!(ping.calls(), 2);
}
