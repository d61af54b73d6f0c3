use ductape_catalog::definition::{Fallback, Kind, Rule};
use ductape_catalog::{CatalogError, DataType, Run};
use ductape_runtime::{ErrorKind, Source};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Act, Scripted, builder, catalog};

fn payment() -> Value {
    json!({
        "tag": "payment-fallback",
        "input": { "amount": { "type": "NUMBER" }, "note": { "type": "STRING", "required": false } },
        "options": [
            { "type": "ACTION", "app": "stripe", "event": "charge", "retries": 2,
              "input": { "amount": "$Input{amount}", "note": "$Input{note}" }, "output": { "transactionId": "$Response{id}" } },
            { "type": "ACTION", "app": "paypal", "event": "payment",
              "input": { "total": { "value": "$Input{amount}", "text": "$Product/$Env: $Input{amount}" } },
              "output": { "transactionId": "$Response{payment_id}" } }
        ]
    })
}

fn run(amount: impl Into<Value>) -> Run {
    Run::new("payment-fallback").input(json!({ "amount": amount.into() }))
}

#[tokio::test(start_paused = true)]
async fn the_first_option_serves_and_the_result_is_flat() {
    let (stripe, paypal) = (Scripted::answering(json!({ "id": "ch_1" })), Scripted::failing(500));
    let catalog = catalog(&[("stripe/charge", &stripe), ("paypal/payment", &paypal)]).await;
    catalog.fallbacks().create(payment()).await.expect("it is sound");

    let result = catalog.fallbacks().run(run(0)).await.expect("stripe serves");
    assert_eq!((result.provider.as_str(), result.attempts, result.source), ("stripe", 1, Source::Provider));
    let flat = serde_json::to_value(&result).expect("it is JSON");
    assert_eq!(flat["transactionId"], "ch_1");
    assert_eq!(flat["provider"], "stripe");
    // 0 is a value, and what is not given is left out.
    assert_eq!(stripe.given(), [json!({ "amount": 0 })]);
    assert_eq!(paypal.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_failing_option_is_retried_and_then_the_next_one_serves() {
    let (stripe, paypal) = (Scripted::failing(500), Scripted::answering(json!({ "payment_id": 7 })));
    let catalog = catalog(&[("stripe/charge", &stripe), ("paypal/payment", &paypal)]).await;
    catalog.fallbacks().create(payment()).await.expect("it is sound");

    let result = catalog.fallbacks().run(run(2500)).await.expect("paypal serves");
    assert_eq!((result.provider.as_str(), result.attempts), ("paypal", 4));
    assert_eq!(result["transactionId"], 7);
    assert_eq!((stripe.calls(), paypal.calls()), (3, 1));
    assert_eq!(paypal.given(), [json!({ "total": { "value": 2500, "text": "shop/prd: 2500" } })]);
    let stats = catalog.plan("payment-fallback").expect("it runs").stats();
    assert_eq!(stats.provider("stripe").map(|stripe| stripe.since_start.failures), Some(3));
}

#[tokio::test(start_paused = true)]
async fn when_all_options_fail_the_error_has_the_whole_trail() {
    let (stripe, paypal) = (Scripted::failing(500), Scripted::failing(503));
    let catalog = catalog(&[("stripe/charge", &stripe), ("paypal/payment", &paypal)]).await;
    catalog.fallbacks().create(payment()).await.expect("it is sound");

    let error = catalog.fallbacks().run(run(1)).await.expect_err("nobody serves");
    let CatalogError::Failed(failed) = &error else { panic!("{error}") };
    assert_eq!(
        (failed.kind(), failed.plan(), failed.provider()),
        (ErrorKind::Exhausted, "payment-fallback", Some("paypal"))
    );
    assert_eq!(failed.trail().entries().len(), 4);
    assert!(error.to_string().contains("status 503"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_wrong_input_is_refused_with_all_its_faults_before_anything_is_called() {
    let stripe = Scripted::answering(json!({ "id": 1 }));
    let catalog = catalog(&[("stripe/charge", &stripe), ("paypal/payment", &stripe)]).await;
    catalog.fallbacks().create(payment()).await.expect("it is sound");

    let input = json!({ "note": 5, "amonut": 3 });
    let error = catalog.fallbacks().run(Run::new("payment-fallback").input(input)).await.expect_err("it is refused");
    let CatalogError::Invalid(invalid) = error else { panic!("{error}") };
    let mut rules: Vec<_> = invalid.faults().iter().map(|fault| format!("{:?}", fault.rule)).collect();
    rules.sort();
    assert_eq!(rules, ["Form", "Missing", "UnknownKey"]);
    assert_eq!(stripe.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_output_that_the_response_lacks_is_a_failure_of_that_provider() {
    let (stripe, paypal) =
        (Scripted::answering(json!({ "ident": 1 })), Scripted::answering(json!({ "payment_id": null })));
    let catalog = catalog(&[("stripe/charge", &stripe), ("paypal/payment", &paypal)]).await;
    catalog.fallbacks().create(payment()).await.expect("it is sound");

    let result = catalog.fallbacks().run(run(1)).await.expect("paypal serves");
    // No retry would find it; and `null` is a value.
    assert_eq!((stripe.calls(), result.provider.as_str()), (1, "paypal"));
    assert_eq!(result.data, json!({ "transactionId": null }));
}

#[tokio::test(start_paused = true)]
async fn a_shape_that_does_not_fit_names_the_path_of_the_field() {
    #[derive(Deserialize)]
    struct Charge {
        #[expect(dead_code, reason = "it is only read")]
        total: Total,
    }
    #[derive(Deserialize)]
    struct Total {
        #[expect(dead_code, reason = "it is only read")]
        value: String,
    }
    let stripe = Scripted::failing(500);
    let builder = builder().app("stripe", |app| stripe.action(app, "charge"));
    let catalog = builder
        .app("paypal", |app| app.action("payment", async |_: Charge| Ok::<_, std::io::Error>(())))
        .open()
        .await
        .expect("it opens");
    catalog.fallbacks().create(payment()).await.expect("it is sound");

    let error = catalog.fallbacks().run(run(1)).await.expect_err("nobody serves");
    assert!(error.to_string().contains("`total.value`"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_quota_keeps_its_weights() {
    let (twilio, nexmo) = (Scripted::answering(json!({})), Scripted::answering(json!({})));
    let catalog = catalog(&[("twilio/send-sms", &twilio), ("nexmo/send-sms", &nexmo)]).await;
    catalog
        .quotas()
        .define("sms-quota", |ctx| {
            ctx.input("phone", DataType::String);
            ctx.provider("twilio").weight(70).app("twilio").action("send-sms").retries(2);
            ctx.provider("nexmo").weight(30).app("nexmo").action("send-sms").retries(2);
        })
        .await
        .expect("it is sound");

    for _ in 0..100 {
        let input = json!({ "phone": "+1" });
        catalog.quotas().run(Run::new("sms-quota").input(input)).await.expect("somebody serves");
    }
    assert_eq!((twilio.calls(), nexmo.calls()), (70, 30));
    // Without an input of its own, an option is given the run's.
    assert_eq!(nexmo.given()[0], json!({ "phone": "+1" }));
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_leaves_everything_as_it_was() {
    let stripe = Scripted::answering(json!({ "id": 1 }));
    let catalog = catalog(&[("stripe/charge", &stripe)]).await;

    let error = catalog.fallbacks().create(payment()).await.expect_err("there is no app `paypal`");
    let CatalogError::Invalid(invalid) = &error else { panic!("{error}") };
    assert_eq!(invalid.faults()[0].rule, Rule::Unknown);
    assert_eq!(invalid.faults()[0].path.to_string(), "$.options[1].app");

    let retries = json!({ "tag": "x", "options": [{ "app": "stripe", "event": "charge", "retrys": 2 }] });
    assert!(matches!(catalog.fallbacks().create(retries).await, Err(CatalogError::Invalid(_))));
    assert!(catalog.fallbacks().fetch_all().await.expect("always").is_empty());
    let error = catalog.fallbacks().run(run(1)).await.expect_err("there is none");
    assert!(matches!(error, CatalogError::Unknown { kind: Kind::Fallback, .. }));
}

#[tokio::test(start_paused = true)]
async fn a_typed_definition_is_created_like_its_json_and_checked_again() {
    let stripe = Scripted::answering(json!({ "id": 1 }));
    let catalog = catalog(&[("stripe/charge", &stripe), ("paypal/payment", &stripe)]).await;
    let mut typed = Fallback::from_value(&payment()).expect("it is sound");
    typed.options[1].app = Some("stripe".to_owned());
    typed.options[1].event = "charge".to_owned();
    let twice = catalog.fallbacks().create(typed.clone()).await;
    assert!(matches!(twice, Err(CatalogError::Invalid(_))), "both are called `stripe/charge` now: {twice:?}");
    typed.options[1].provider = Some("second".to_owned());
    catalog.fallbacks().create(typed).await.expect("it is sound again");
}

#[tokio::test(start_paused = true)]
async fn a_request_for_another_environment_is_refused() {
    let stripe = Scripted::new([Act::Answer(json!({ "id": 1 }))]);
    let catalog = catalog(&[("stripe/charge", &stripe), ("paypal/payment", &stripe)]).await;
    catalog.fallbacks().create(payment()).await.expect("it is sound");
    let error = catalog.fallbacks().run(run(1).env("dev")).await.expect_err("it is for `dev`");
    assert!(matches!(error, CatalogError::Elsewhere { .. }), "{error}");
    catalog.fallbacks().run(run(1).env("prd").product("shop")).await.expect("it is for this one");
    assert_eq!(stripe.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_field_of_a_result_is_what_its_json_says() {
    let answer = json!({ "provider": "theirs", "attempts": "theirs", "id": 7 });
    let (a, b) = (Scripted::answering(answer), Scripted::answering(json!([1, 2])));
    let catalog = catalog(&[("a/x", &a), ("b/x", &b)]).await;
    for app in ["a", "b"] {
        let definition = json!({ "tag": app, "options": [{ "app": app, "event": "x" }] });
        catalog.fallbacks().create(definition).await.expect("it is sound");
        let result = catalog.fallbacks().run(Run::new(app)).await.expect("it serves");
        let told = result.to_value();
        for field in ["provider", "attempts", "elapsed", "source", "id", "data", "nothing"] {
            assert_eq!((result.get(field), &result[field]), (told.get(field), &told[field]), "{field} of {app}");
        }
        assert_eq!(result["provider"], app);
        assert_eq!(result, result.clone());
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_told_with_what_is_meant() {
    let a = Scripted::answering(json!({}));
    let catalog = catalog(&[("a/x", &a)]).await;
    for tag in ["pay-by-card", "twice"] {
        let definition = json!({ "tag": tag, "options": [{ "app": "a", "event": "x" }] });
        catalog.fallbacks().create(definition).await.expect("it is sound");
    }
    let told = |error: CatalogError| error.to_string();
    let unknown = told(catalog.fallbacks().run(Run::new("pay-by-crad")).await.expect_err("a slip"));
    assert_eq!(
        unknown,
        "there is no fallback `pay-by-crad`; did you mean `pay-by-card`? known: `pay-by-card` and `twice`"
    );
    let other = told(catalog.quotas().run(Run::new("twice")).await.expect_err("another kind"));
    assert_eq!(other, "there is no quota `twice`; it is a fallback");
    assert_eq!(
        told(catalog.caches().delete("kept").await.expect_err("none")),
        "there is no cache `kept`; there is no cache yet"
    );
    let expected = "there is no fallback, quota or feature `paj`; known: `pay-by-card` and `twice`";
    let patch = || serde_json::from_value(json!({ "retries": 1 })).expect("a patch");
    for error in [
        catalog.plan("paj").map(drop).expect_err("there is none"),
        catalog.update("paj", patch()).await.expect_err("there is none"),
        catalog.cordon("paj", "a", "").await.expect_err("there is none"),
    ] {
        assert_eq!(told(error), expected);
    }
    for n in 0..60 {
        let definition = json!({ "tag": format!("f{n}"), "options": [{ "app": "a", "event": "x" }] });
        catalog.fallbacks().create(definition).await.expect("it is sound");
    }
    let unknown = told(catalog.fallbacks().fetch("twise").await.expect_err("a slip"));
    assert_eq!(unknown, "there is no fallback `twise`; did you mean `twice`? there are 62 of them");

    let events = json!([{ "type": "fallback", "event": "twice" }]);
    catalog.features().create(json!({ "tag": "around", "events": events })).await.expect("it is sound");
    let named = told(catalog.fallbacks().delete("twice").await.expect_err("it is named"));
    assert!(
        named.starts_with("feature `around` $.events[0].event: this names the fallback that is to be deleted"),
        "{named}"
    );
    catalog.features().delete("around").await.expect("nobody names it");
    catalog.fallbacks().delete("twice").await.expect("nobody names it");
}
