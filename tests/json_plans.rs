//! Plans in code that run by tag, with JSON in and out.

use ductape::catalog::{Catalog, CatalogError, Run};
use ductape::{ErrorKind, Outcome, action, fallback, quota};
use serde::{Deserialize, Serialize};
use serde_json::json;

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
    // The plan runs in the catalogue's runtime, and in no other.
    let calls = |runtime: &ductape::Runtime| runtime.plan("typed-payment").unwrap().stats().since_start.calls;
    assert_eq!((calls(catalog.runtime()), calls(&ductape::runtime())), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn what_does_not_fit_is_refused_before_anything_is_called() {
    let catalog = catalog().await;
    let refused = catalog.fallbacks().run(Run::new("typed-payment").input(json!({ "amount": 1, "to": {} }))).await;
    let error = refused.unwrap_err();
    assert_eq!(error.to_string(), "`typed-payment`: its input does not fit at `to`: missing field `city`");
    assert_eq!(error.kind(), None);
    assert_eq!(catalog.runtime().plan("typed-payment").unwrap().stats().since_start.calls, 0);
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
