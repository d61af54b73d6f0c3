//! Plans in code that run by tag, with JSON in and out.

use ductape::catalog::definition::Definitions;
use ductape::catalog::store::Memory;
use ductape::catalog::{Catalog, CatalogError, Run};
use ductape::catalog::{Process, ProcessAction, Processed};
use ductape::{ErrorKind, Outcome, Runtime, Verdict, action, fallback, healthcheck, quota};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::atomic::{AtomicU32, Ordering};

#[derive(Deserialize)]
struct Order {
    amount: u64,
    to: Address,
}

#[derive(Deserialize)]
struct Address {
    city: String,
}

#[derive(Debug, Clone, Serialize)]
struct Receipt {
    paid: u64,
    city: String,
}

#[fallback(tag = "typed-payment", json)]
async fn pay(order: Order) -> ductape::Result<Outcome<Receipt>, String> {
    #[primary("stripe")]
    {
        let session = ductape::attempt().and_then(|attempt| attempt.session_tag().map(str::to_owned));
        if order.amount > 100 {
            Err(format!("stripe is down, says {session:?}, and knows tok-secret"))
        } else {
            Ok(Receipt { paid: order.amount, city: order.to.city.clone() })
        }
    }
    #[fallback("paypal")]
    {
        if order.amount > 1000 {
            Err("too much".to_owned())
        } else {
            Ok(Receipt { paid: order.amount, city: order.to.city.clone() })
        }
    }
}

#[quota(json)]
async fn typed_share(text: String) -> ductape::Result<String, String> {
    #[provider("only", weight = 100)]
    {
        Ok(text.to_uppercase())
    }
}

#[action(json, app = "stripe", classify(abort))]
async fn typed_action(amount: u64) -> ductape::Result<u64, String> {
    if amount == 0 { Err("nothing to pay, tok-secret".to_owned()) } else { Ok(amount + 1) }
}

fn abort(_: &String) -> ductape::Verdict {
    ductape::Verdict::Abort
}

async fn catalog() -> Catalog {
    Catalog::builder().product("shop").env("tst").open().await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn they_run_by_tag_in_every_catalogue() {
    let catalog = catalog().await;
    let order = |amount: u64| json!({ "amount": amount, "to": { "city": "Lagos" } });
    let result = catalog.fallbacks().run(Run::new("typed-payment").input(order(7))).await.unwrap();
    assert_eq!((&*result.provider, result.attempts), ("stripe", 1));
    assert_eq!(result["city"], "Lagos");
    let result = catalog.fallbacks().run(Run::new("typed-payment").input(order(700))).await.unwrap();
    assert_eq!(result.to_value()["provider"], "paypal");
    assert_eq!(result.attempts, 2);
    let result = catalog.quotas().run(Run::new("typed-share").input(json!("hello"))).await.unwrap();
    assert_eq!(result.to_value()["data"], "HELLO");
    let result = catalog.fallbacks().run(Run::new("typed-action").input(json!(1))).await.unwrap();
    assert_eq!(result.data, 2);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_fit_is_refused_before_anything_is_called() {
    let catalog = catalog().await;
    let refused = catalog.fallbacks().run(Run::new("typed-payment").input(json!({ "amount": 1, "to": {} }))).await;
    let error = refused.unwrap_err();
    assert_eq!(error.to_string(), "`typed-payment`: its input does not fit at `to`: missing field `city`");
    assert_eq!(error.kind(), None);
    let refused = Runtime::builder().build().unwrap();
    let run = Run::new("typed-payment").input(json!({}));
    assert!(refused.scope(catalog.fallbacks().run(run)).await.is_err());
    assert_eq!(refused.plan("typed-payment").unwrap().stats().since_start.calls, 0);
    // A quota is no fallback.
    let error = catalog.fallbacks().run(Run::new("typed-share").input(json!("x"))).await.unwrap_err();
    assert!(
        matches!(&error, CatalogError::Unknown { known, .. } if known.iter().any(|tag| tag == "typed-payment")),
        "{error}"
    );
    let error = catalog.fallbacks().run(Run::new("typed-payment").cache("kept").input(json!({}))).await.unwrap_err();
    assert!(matches!(error, CatalogError::NotCached { .. }), "{error}");
    let error = catalog.fallbacks().define("typed-payment", |_| ()).await.unwrap_err();
    assert!(error.to_string().contains("typed-payment"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn failures_tell_their_kind_and_no_token() {
    let catalog = catalog().await;
    let run = Run::new("typed-action").input(json!(0)).session("ada", "tok-secret");
    let error = catalog.fallbacks().run(run).await.unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::Aborted));
    assert!(error.to_string().contains("nothing to pay, ***"), "{error}");
    let run = Run::new("typed-payment").input(json!({ "amount": 2000, "to": { "city": "Lagos" } }));
    let error = catalog.fallbacks().run(run.session("ada", "tok-secret")).await.unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::Exhausted));
    assert!(
        error.to_string().contains("too much") && !format!("{error} {error:?}").contains("tok-secret"),
        "{error:?}"
    );
}

#[healthcheck(tag = "typed-health", interval = "10s")]
async fn typed_health() -> Result<(), String> {
    Err("down".to_owned())
}

/// Answers with where it runs.
#[fallback(tag = "typed-place", json)]
async fn place(text: String) -> ductape::Result<String, String> {
    #[primary("east", healthcheck(typed_health))]
    {
        Ok(format!("east {text}"))
    }
    #[fallback("west", retries = 1, backoff(jitter = "none"), timeout = "2s", cost = 0.5)]
    {
        let attempt = ductape::attempt().ok_or("no attempt")?;
        match attempt.number() {
            1 => Err("once more".to_owned()),
            _ => Ok(format!("{} {} {text}", attempt.product(), attempt.env())),
        }
    }
}

fn typed_place() -> Run {
    Run::new("typed-place").input(json!("x"))
}

#[tokio::test(start_paused = true)]
async fn r74_a_plan_in_code_has_one_state_however_it_is_run() {
    let program = Runtime::builder().product("bank").env("dev").build().unwrap();
    program.check_health().await;
    program
        .scope(async {
            let catalog = catalog().await;
            // R50: the program's healthcheck holds by tag as well.
            let direct = place("x".to_owned()).await.unwrap();
            assert_eq!(direct, "bank dev x");
            let by_tag = catalog.fallbacks().run(typed_place()).await.unwrap();
            assert_eq!((&*by_tag.provider, by_tag.attempts), ("west", 2));
            assert_eq!(by_tag.elapsed, std::time::Duration::from_millis(100));
            assert_eq!(by_tag.data, "shop tst x", "the request is for the catalogue's environment");
            assert_eq!(program.plan("typed-place").unwrap().stats().since_start.calls, 2);
            assert_eq!(catalog.plan("typed-place").unwrap().stats().since_start.calls, 2);
            assert_eq!(catalog.runtime().plan("typed-place").unwrap().stats().since_start.calls, 0);
            // A cordon of either holds for both.
            catalog.cordon("typed-place", "west", "maintenance").await.unwrap();
            assert!(place("x".to_owned()).await.unwrap().starts_with("east"), "R55: nobody else is left");
            program.plan("typed-place").unwrap().cordon("east", "maintenance").unwrap();
            assert!(catalog.fallbacks().run(typed_place()).await.is_err());
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn it_is_in_the_catalogue_under_its_tag() {
    let program = Runtime::builder().build().unwrap();
    program.check_health().await;
    program
        .scope(async {
            let catalog = catalog().await;
            let fetched = catalog.fallbacks().fetch("typed-place").await.unwrap();
            let whole = serde_json::to_value(&fetched).unwrap();
            assert_eq!((&whole["tag"], &whole["version"]), (&json!("typed-place"), &json!(1)));
            assert_eq!(whole["description"], "Answers with where it runs.");
            assert_eq!(
                (&whole["options"][0]["app"], &whole["options"][0]["provider_status"]),
                (&json!("east"), &json!("unhealthy"))
            );
            assert_eq!((&whole["options"][1]["retries"], &whole["options"][1]["cost"]), (&json!(1), &json!(0.5)));
            let tags = catalog.fallbacks().fetch_all().await.unwrap().into_iter().map(|it| it.definition.tag);
            let tags: Vec<_> = tags.collect();
            assert!(tags.is_sorted() && tags.contains(&"typed-action".to_owned()), "{tags:?}");
            assert_eq!(catalog.quotas().fetch("typed-share").await.unwrap().options[0].provider, "only");

            catalog.fallbacks().run(typed_place()).await.unwrap();
            let reset = catalog.fallbacks().process(Process::new("typed-place", ProcessAction::Reset)).await.unwrap();
            assert!(matches!(reset, Processed::Reset(_)));
            assert_eq!(catalog.plan("typed-place").unwrap().stats().since_start.calls, 0);
            let triggered = Process::new("typed-place", ProcessAction::Trigger).input(json!("x"));
            assert!(catalog.fallbacks().process(triggered).await.is_ok());

            for error in [
                catalog.fallbacks().update("typed-place", json!({ "name": "x" })).await.unwrap_err(),
                catalog.fallbacks().delete("typed-place").await.unwrap_err(),
            ] {
                assert!(matches!(error, CatalogError::InCode { .. }), "{error}");
            }
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn its_tag_is_taken_in_every_kind() {
    let catalog = with_store(Memory::new()).await.unwrap();
    let option = json!({ "app": "ledger", "event": "write", "weight": 100 });
    let definition = json!({ "kind": "quota", "tag": "typed-place", "options": [option] });
    let error = catalog.quotas().create(&definition).await.unwrap_err();
    assert!(error.to_string().contains("there is a fallback `typed-place` already"), "{error}");
    catalog.caches().create(json!({ "tag": "typed-place", "expiry": "1m" })).await.expect("caches have their own tags");
    let definition: ductape::catalog::definition::Definition = serde_json::from_value(definition).unwrap();
    let error = Catalog::builder().app("ledger", ledger).definitions([definition]).open().await.unwrap_err();
    assert!(error.to_string().contains("the program has a fallback of this tag in its code"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_is_changed_of_it_is_kept() {
    let program = Runtime::builder().build().unwrap();
    let store = Memory::new();
    let in_program = |runtime: &Runtime| runtime.plan("typed-place").unwrap();
    program
        .scope(async {
            let catalog = with_store(store.clone()).await.unwrap();
            let patch = serde_json::from_value(json!({ "providers": { "west": { "retries": 3 } } })).unwrap();
            catalog.update("typed-place", patch).await.unwrap();
            catalog.cordon("typed-place", "east", "maintenance").await.unwrap();
            assert_eq!(in_program(&program).plan().provider("west").unwrap().retries(), 3);
        })
        .await;
    let next = Runtime::builder().build().unwrap();
    let _catalog = next.scope(with_store(store)).await.unwrap();
    assert_eq!(in_program(&next).plan().provider("west").unwrap().retries(), 3);
    assert_eq!(in_program(&next).cordoned("east").as_deref(), Some("maintenance"));
}

#[derive(Deserialize)]
struct Charge {
    amount: u64,
}

static CHARGES: AtomicU32 = AtomicU32::new(0);

#[action(tag = "typed-charge", json, at_most_once, classify(lost))]
async fn charge(order: Charge) -> ductape::Result<u64, String> {
    CHARGES.fetch_add(1, Ordering::Relaxed);
    if order.amount == 0 { Err("the answer got lost".to_owned()) } else { Ok(order.amount) }
}

fn lost(_: &String) -> Verdict {
    Verdict::Ambiguous
}

#[tokio::test(start_paused = true)]
async fn features_name_it_and_r30_holds_through_them() {
    let program = Runtime::builder().build().unwrap();
    program
        .scope(async {
            let catalog = with_store(Memory::new()).await.unwrap();
            let input = json!({ "amount": { "type": "number" } });
            catalog
                .features()
                .create(json!({ "tag": "around", "input": input, "events": [
                    { "type": "fallback", "event": "typed-payment", "input": { "amount": "$Input{amount}", "to": { "city": "Lagos" } } },
                    { "type": "action", "app": "ledger", "event": "write",
                      "input": { "paid": "$Sequence{typed-payment}{paid}", "by": "$Sequence{typed-payment}{provider}" } }
                ] }))
                .await
                .unwrap();
            let run = Run::new("around").input(json!({ "amount": 7 })).session("ada", "tok-secret");
            let result = catalog.features().run(run).await.unwrap();
            assert_eq!(result.data, json!({ "paid": 7, "by": "stripe" }));
            assert_eq!(program.plan("typed-payment").unwrap().stats().since_start.calls, 1);
            let run = Run::new("around").input(json!({ "amount": 2000 })).session("ada", "tok-secret");
            let error = catalog.features().run(run).await.unwrap_err();
            assert!(error.to_string().contains("Some(\"ada\"), and knows ***"), "{error}");

            let event = json!({ "type": "fallback", "event": "typed-charge", "retries": 3 });
            catalog.features().create(json!({ "tag": "charging", "input": input, "events": [event] })).await.unwrap();
            let options = json!([{ "type": "feature", "event": "charging" }, { "app": "ledger", "event": "write" }]);
            catalog.fallbacks().create(json!({ "tag": "charge-or-write", "input": input, "options": options })).await.unwrap();
            let error = catalog.fallbacks().run(Run::new("charge-or-write").input(json!({ "amount": 0 }))).await;
            assert_eq!(error.unwrap_err().kind(), Some(ErrorKind::Ambiguous));
            assert_eq!(CHARGES.load(Ordering::Relaxed), 1);
            let hedged = json!({ "tag": "hedged", "input": input, "hedge": "1s", "options": options });
            let error = catalog.fallbacks().create(hedged).await.unwrap_err();
            assert!(error.to_string().contains("`hedge` would repeat what must not happen twice"), "{error}");
        })
        .await;
}

fn ledger(app: ductape::catalog::App) -> ductape::catalog::App {
    app.action("write", async |line: serde_json::Value| Ok::<_, String>(line)).into()
}

async fn with_store(store: Memory) -> Result<Catalog, CatalogError> {
    Catalog::builder().product("shop").env("tst").app("ledger", ledger).store(store).open().await
}

/// Files do not tell which plans there are in code; the catalogue knows.
#[tokio::test(start_paused = true)]
async fn a_file_may_name_a_plan_in_code() {
    let feature = |plan: &str| {
        let event = json!({ "type": "fallback", "event": plan });
        let input = json!({ "amount": { "type": "number" }, "to": { "type": "object" } });
        json!({ "tag": "through-a-file", "input": input, "events": [event] }).to_string()
    };
    let of_file = |plan: &str| Definitions::from_files([("feature.json", &*feature(plan))]).expect("it may be in code");
    let catalog = Catalog::builder().definitions(of_file("typed-payment")).open().await.expect("it is in code");
    let run = Run::new("through-a-file").input(json!({ "amount": 5, "to": { "city": "Accra" } }));
    let result = catalog.features().run(run).await.expect("stripe serves");
    assert_eq!(result["paid"], 5);
    let missing = Catalog::builder().definitions(of_file("nobodys-payment")).open().await.expect_err("it is nowhere");
    assert!(missing.to_string().contains("there is no fallback `nobodys-payment`"), "{missing}");
}
