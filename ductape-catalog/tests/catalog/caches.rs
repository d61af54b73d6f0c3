use std::time::Duration;

use ductape_catalog::{CatalogError, Run};
use ductape_runtime::Source;
use serde_json::json;

use crate::support::{Act, Scripted, catalog};

#[tokio::test(start_paused = true)]
async fn a_cache_that_a_request_names_serves_what_is_fresh() {
    let a = Scripted::answering(json!({ "n": 1 }));
    let catalog = catalog(&[("a/x", &a)]).await;
    let definition =
        json!({ "tag": "one", "input": { "id": { "type": "number" } }, "options": [{ "app": "a", "event": "x" }] });
    catalog.fallbacks().create(definition).await.expect("it is sound");
    catalog.caches().define("payments", |ctx| _ = ctx.expiry(60_000)).await.expect("it is sound");
    let run = |id: u64| Run::new("one").input(json!({ "id": id })).cache("payments");

    assert_eq!(catalog.fallbacks().run(run(1)).await.expect("a serves").source, Source::Provider);
    let again = catalog.fallbacks().run(run(1)).await.expect("the cache serves");
    assert_eq!((again.source, again.provider.as_str(), a.calls()), (Source::Cache, "a", 1));
    // Another input, or another session, is another key; without the cache nothing is kept.
    catalog.fallbacks().run(run(2)).await.expect("a serves");
    catalog.fallbacks().run(run(1).session("u1", "t")).await.expect("a serves");
    assert_eq!(a.calls(), 3);
    catalog.fallbacks().run(run(1).session("u1", "another token")).await.expect("the cache serves");
    assert_eq!(a.calls(), 3);

    // Otherwise kept, it keeps its values.
    catalog.caches().update("payments", json!({ "expiry": "10m" })).await.expect("it is sound");
    tokio::time::advance(Duration::from_secs(120)).await;
    assert_eq!(catalog.fallbacks().run(run(1)).await.expect("the cache serves").source, Source::Cache);
    tokio::time::advance(Duration::from_secs(600)).await;
    assert_eq!(catalog.fallbacks().run(run(1)).await.expect("a serves").source, Source::Provider);
    let error = catalog.fallbacks().run(Run::new("one").input(json!({ "id": 1 })).cache("none")).await;
    assert!(matches!(error, Err(CatalogError::Unknown { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_cache_of_its_own_stands_in_for_a_failure_and_keeps_none() {
    let a = Scripted::new([Act::Fail(500), Act::Answer(json!({ "n": 1 })), Act::Fail(500)]);
    let catalog = catalog(&[("a/x", &a)]).await;
    let cache = json!({ "expiry": "1m", "stale": "1h" });
    let definition = json!({ "tag": "one", "cache": cache, "options": [{ "app": "a", "event": "x" }] });
    catalog.fallbacks().create(definition).await.expect("it is sound");

    assert!(catalog.fallbacks().run(Run::new("one")).await.is_err());
    assert_eq!(catalog.fallbacks().run(Run::new("one")).await.expect("a serves").source, Source::Provider);
    tokio::time::advance(Duration::from_secs(61)).await;
    let stale = catalog.fallbacks().run(Run::new("one")).await.expect("what is kept stands in");
    assert_eq!((stale.source, stale["n"].clone(), a.calls()), (Source::Stale, json!(1), 3));
}
