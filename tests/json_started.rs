//! Plans in code that run by tag, and the runtime of the process: one is started after a catalogue was opened.
//!
//! A program of its own, because there is one such runtime in a process. The tests take turns.

use std::time::{Duration, SystemTime};

use ductape::catalog::store::Memory;
use ductape::catalog::{Catalog, Run};
use ductape::{Patch, Runtime, fallback};
use serde_json::json;
use tokio::sync::Mutex;

static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

#[fallback(tag = "started-pay", json, timeout = "1s")]
async fn pay(amount: u64) -> ductape::Result<u64, String> {
    #[primary("stripe")]
    {
        if amount == 0 { Err("nothing to pay".to_owned()) } else { Ok(amount) }
    }
    #[fallback("paypal")]
    {
        Ok(amount + 1)
    }
}

async fn paid(amount: u64) -> u64 {
    pay(amount).await.expect("somebody serves")
}

async fn opened(store: &Memory) -> Catalog {
    Catalog::builder().product("shop").env("tst").store(store.clone()).open().await.expect("it opens")
}

fn patch(patch: serde_json::Value) -> Patch {
    serde_json::from_value(patch).expect("a patch")
}

/// The calls that the history has of each provider.
async fn recorded(catalog: &Catalog) -> Vec<(String, u64)> {
    catalog.flush().await.expect("it is in memory");
    let (now, hour) = (SystemTime::now(), Duration::from_secs(3_600));
    let hours = catalog.history("started-pay", now - hour..now + hour).await.expect("it can be read");
    let mut calls = std::collections::BTreeMap::new();
    for hour in hours {
        *calls.entry(hour.provider).or_default() += hour.totals.calls;
    }
    calls.into_iter().collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_of_a_plan_in_code_holds_in_a_runtime_that_is_started_later() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let store = Memory::new();
    let first = opened(&store).await;
    first.update("started-pay", patch(json!({ "providers": { "paypal": { "retries": 3 } } }))).await.expect("sound");
    first.cordon("started-pay", "stripe", "being repaired").await.expect("it is there");
    assert_eq!(paid(7).await, 8);
    drop(first);

    let catalog = opened(&store).await;
    let monitor = Runtime::builder().env("prd").start().expect("it starts");
    let plan = monitor.runtime().plan("started-pay").expect("it is linked");
    assert_eq!(plan.cordoned("stripe").as_deref(), Some("being repaired"));
    assert_eq!(plan.plan().provider("paypal").map(ductape::Provider::retries), Some(3));
    assert_eq!(paid(7).await, 8, "as whoever calls it sees");
    // What is changed later, too.
    catalog.uncordon("started-pay", "stripe").await.expect("it is there");
    catalog.restore("started-pay").await.expect("it is kept");
    assert_eq!(paid(7).await, 7);
    drop(monitor);
    let monitor = Runtime::builder().start().expect("it starts");
    let plan = monitor.runtime().plan("started-pay").expect("it is linked");
    assert_eq!(plan.cordoned("stripe"), None);
    assert_eq!(plan.plan().provider("paypal").map(ductape::Provider::retries), Some(0));
    drop(monitor);
    // Nor in the one that is there without any.
    catalog.uncordon("started-pay", "stripe").await.expect("it is there");
    catalog.restore("started-pay").await.expect("it is kept");
    assert_eq!(paid(7).await, 7);
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_and_does_not_go_with_the_overrides_of_a_runtime_is_told_by_its_start() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let catalog = opened(&Memory::new()).await;
    catalog.update("started-pay", patch(json!({ "deadline": "5s" }))).await.expect("it is sound");
    let start = || Runtime::builder().variables([("DUCTAPE__STARTED_PAY__TIMEOUT", "1m")]).start();
    let error = start().expect_err("no provider has a minute").to_string();
    assert!(error.contains("started-pay") && error.contains("deadline"), "{error}");
    catalog.restore("started-pay").await.expect("it is kept");
    drop(start().expect("it starts"));
}

#[tokio::test(start_paused = true)]
async fn the_history_of_a_plan_in_code_is_kept_wherever_it_runs() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let store = Memory::new();
    assert_eq!(paid(0).await, 1, "before the catalogue is opened");
    let catalog = opened(&store).await;
    catalog.fallbacks().run(Run::new("started-pay").input(json!(0))).await.expect("paypal serves");
    assert_eq!(paid(7).await, 7, "not by tag");
    let of = |stripe: u64, paypal: u64| [("paypal".to_owned(), paypal), ("stripe".to_owned(), stripe)];
    assert_eq!(recorded(&catalog).await, of(2, 1));
    assert_eq!(recorded(&catalog).await, of(2, 1));
    assert_eq!(paid(7).await, 7);

    let monitor = Runtime::builder().start().expect("it starts");
    for _ in 0..5 {
        assert_eq!(paid(0).await, 1);
    }
    assert_eq!(recorded(&catalog).await, of(8, 6));
    // A change of something else does not touch it.
    catalog.caches().create(json!({ "tag": "kept", "expiry": "1m" })).await.expect("it is sound");
    tokio::time::sleep(Duration::from_secs(15)).await;
    assert_eq!(recorded(&catalog).await, of(8, 6));
    // Nor is it counted twice by the next one.
    drop(catalog);
    let catalog = opened(&store).await;
    assert_eq!(paid(7).await, 7);
    assert_eq!(recorded(&catalog).await, of(9, 6));
    drop(monitor);
}
