use std::time::Duration;

use ductape_catalog::{App, Catalog, CatalogError, Run};
use ductape_runtime::Source;
use serde_json::{Value, json};

use crate::support::{Act, Scripted, builder, catalog};

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

/// Over `a/x`, `a/y` and `a/z`, which answer with their names, and a cache `kept`.
async fn three() -> Catalog {
    let app = |app: App| {
        app.action("x", async |_: Value| Ok::<_, String>(json!({ "by": "x" })))
            .action("y", async |_: Value| Ok::<_, String>(json!({ "by": "y" })))
            .action("z", async |_: Value| Ok::<_, String>(json!({ "by": "z" })))
    };
    let catalog = builder().app("a", app).open().await.expect("it opens");
    catalog.caches().create(json!({ "tag": "kept", "expiry": "1h" })).await.expect("it is sound");
    catalog
}

fn calling(events: &[&str]) -> Value {
    events.iter().map(|event| json!({ "app": "a", "event": event, "provider": event })).collect()
}

#[tokio::test(start_paused = true)]
async fn a_cache_keeps_nothing_for_what_stands_in_the_place_of_a_definition() {
    let catalog = three().await;
    let create = async |event: &str| {
        let definition = json!({ "tag": "one", "options": calling(&[event]) });
        catalog.fallbacks().create(definition).await.expect("it is sound");
    };
    let run = async || {
        let result = catalog.fallbacks().run(Run::new("one").cache("kept")).await.expect("somebody serves");
        (result["by"].clone(), result.source)
    };
    create("x").await;
    assert_eq!((run().await, run().await), ((json!("x"), Source::Provider), (json!("x"), Source::Cache)));
    catalog.fallbacks().delete("one").await.expect("it is there");
    create("y").await;
    assert_eq!((run().await, run().await), ((json!("y"), Source::Provider), (json!("y"), Source::Cache)));
    let changed = json!({ "options": calling(&["z"]) });
    catalog.fallbacks().update("one", changed).await.expect("it is sound");
    assert_eq!(run().await, (json!("z"), Source::Provider));
    catalog.fallbacks().delete("one").await.expect("it is there");
    let mut quota = json!({ "tag": "one", "options": calling(&["x"]) });
    quota["options"][0]["weight"] = json!(100);
    catalog.quotas().create(quota).await.expect("it is sound");
    let result = catalog.quotas().run(Run::new("one").cache("kept")).await.expect("x serves");
    assert_eq!((result["by"].clone(), result.source), (json!("x"), Source::Provider));
}

#[tokio::test(start_paused = true)]
async fn a_cache_keeps_what_a_changed_definition_yields_as_before() {
    let catalog = three().await;
    let definition = json!({ "tag": "one", "cache": { "expiry": "1h" }, "options": calling(&["x", "y"]) });
    catalog.fallbacks().create(definition).await.expect("it is sound");
    catalog.fallbacks().run(Run::new("one")).await.expect("x serves");
    for patch in [
        json!({ "retries": 3, "description": "in the middle of an outage" }),
        json!({ "options": calling(&["z", "y", "x"]) }),
    ] {
        catalog.fallbacks().update("one", patch).await.expect("it is sound");
        let result = catalog.fallbacks().run(Run::new("one")).await.expect("the cache serves");
        assert_eq!((result["by"].clone(), result.source), (json!("x"), Source::Cache));
    }
}

#[tokio::test(start_paused = true)]
async fn a_cache_follows_what_is_run_inside() {
    let catalog = three().await;
    let inner = |event: &str| json!({ "tag": "inner", "events": [{ "type": "action", "app": "a", "event": event }] });
    catalog.features().create(inner("x")).await.expect("it is sound");
    let middle = json!({ "tag": "middle", "events": [{ "type": "feature", "event": "inner" }] });
    catalog.features().create(middle).await.expect("it is sound");
    let outer = json!({ "tag": "outer", "cache": "kept", "options": [{ "type": "feature", "event": "middle" }] });
    catalog.fallbacks().create(outer).await.expect("it is sound");
    let run = async || catalog.fallbacks().run(Run::new("outer")).await.expect("it serves")["by"].clone();
    assert_eq!((run().await, run().await), (json!("x"), json!("x")));
    catalog.features().update("inner", json!({ "events": inner("y")["events"] })).await.expect("it is sound");
    assert_eq!(run().await, json!("y"));
}

#[tokio::test(start_paused = true)]
async fn a_cache_knows_a_number_however_it_is_written() {
    let catalog = three().await;
    let definition = json!({ "tag": "one", "input": { "n": { "type": "number" } }, "options": calling(&["x"]) });
    catalog.fallbacks().create(definition).await.expect("it is sound");
    let run = async |n: Value| {
        let run = Run::new("one").input(json!({ "n": n })).cache("kept");
        catalog.fallbacks().run(run).await.expect("x serves").source
    };
    let sources = [run(json!(1)).await, run(json!(1.0)).await, run(json!(1.5)).await];
    assert_eq!(sources, [Source::Provider, Source::Cache, Source::Provider]);
}
