use std::pin::pin;
use std::time::Duration;

use ductape_catalog::definition::{Fallback, Kind};
use ductape_catalog::store::{Answer, Change, Hour, Kept, Memory, Store};
use ductape_catalog::{Catalog, CatalogError, Fetched, Run};
use serde_json::json;

use crate::support::{Act, Failing, Scripted, builder, catalog};

fn over(apps: &[&str]) -> serde_json::Value {
    apps.iter().map(|app| json!({ "app": app, "event": "x" })).collect()
}

#[tokio::test(start_paused = true)]
async fn an_update_is_in_force_in_one_step_and_keeps_the_state_of_providers_that_stay() {
    let (a, b, c) =
        (Scripted::new([Act::Slow(1_000, json!({}))]), Scripted::failing(500), Scripted::answering(json!({})));
    let catalog = catalog(&[("a/x", &a), ("b/x", &b), ("c/x", &c)]).await;
    catalog.fallbacks().create(json!({ "tag": "f", "options": over(&["a", "b"]) })).await.expect("it is sound");
    catalog.plan("f").expect("it runs").cordon("b", "being repaired").expect("it is there");
    catalog.fallbacks().run(Run::new("f")).await.expect("a serves");

    let fallbacks = catalog.fallbacks();
    let mut under_way = pin!(fallbacks.run(Run::new("f")));
    tokio::select! {
        biased;
        _ = &mut under_way => panic!("it takes a second"),
        () = tokio::time::sleep(Duration::from_millis(10)) => {}
    }
    let updated =
        catalog.fallbacks().update("f", json!({ "options": over(&["c", "b", "a"]) })).await.expect("it is sound");
    assert_eq!((updated.version, updated.providers()), (2, ["c", "b", "a"].map(String::from).to_vec()));
    assert_eq!(catalog.fallbacks().run(Run::new("f")).await.expect("c serves").provider, "c");
    assert_eq!(under_way.await.expect("a serves").provider, "a", "as it was defined when it began");

    let plan = catalog.plan("f").expect("it runs");
    assert_eq!(plan.cordoned("b").as_deref(), Some("being repaired"));
    let stats = plan.stats();
    assert_eq!(stats.provider("a").map(|a| a.since_start.calls), Some(2));
    assert_eq!(stats.since_start.calls, 3);
}

#[tokio::test(start_paused = true)]
async fn all_that_is_wrong_is_told_in_one_error() {
    let a = Scripted::answering(json!({}));
    let catalog = catalog(&[("a/x", &a)]).await;
    let options = json!([{ "app": "z", "event": "x", "retrys": 1 }, { "type": "feature", "event": "none" }]);
    let paths = |refused: Result<_, CatalogError>| {
        let Err(CatalogError::Invalid(invalid)) = refused.map(drop::<Fetched<Fallback>>) else {
            panic!("it is faulty")
        };
        let mut paths: Vec<_> = invalid.faults().iter().map(|fault| fault.path.to_string()).collect();
        paths.sort();
        paths
    };
    let expected = ["$.options[0].app", "$.options[0].retrys", "$.options[1].event"];
    let created = catalog.fallbacks().create(json!({ "tag": "Not A Tag", "options": options })).await;
    assert_eq!(paths(created), expected.into_iter().chain(["$.tag"]).collect::<Vec<_>>());
    catalog.fallbacks().create(json!({ "tag": "f", "options": over(&["a"]) })).await.expect("it is sound");
    assert_eq!(paths(catalog.fallbacks().update("f", json!({ "options": options })).await), expected);
    assert_eq!(catalog.fallbacks().fetch_all().await.expect("always").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refused_update_changes_nothing() {
    let a = Scripted::answering(json!({}));
    let catalog = catalog(&[("a/x", &a)]).await;
    catalog.fallbacks().create(json!({ "tag": "f", "options": over(&["a"]) })).await.expect("it is sound");
    let before = catalog.fallbacks().fetch("f").await.expect("it is there");

    for patch in
        [json!({ "options": [] }), json!({ "tag": "g" }), json!({ "retrys": 1 }), json!({ "options": over(&["z"]) })]
    {
        let refused = catalog.fallbacks().update("f", patch).await;
        assert!(matches!(&refused, Err(CatalogError::Invalid(_))), "{refused:?}");
    }
    assert_eq!(catalog.fallbacks().fetch("f").await.expect("it is there"), before);
    let twice = catalog.fallbacks().create(json!({ "tag": "f", "options": over(&["a"]) })).await;
    assert!(matches!(twice, Err(CatalogError::Exists { kind: Kind::Fallback, .. })));
    let other_kind = json!({ "tag": "f", "options": [{ "app": "a", "event": "x", "weight": 100 }] });
    assert!(matches!(catalog.quotas().create(other_kind).await, Err(CatalogError::Invalid(_))));

    catalog.fallbacks().delete("f").await.expect("it is there");
    for gone in [catalog.fallbacks().delete("f").await.err(), catalog.fallbacks().fetch("f").await.err()] {
        assert!(matches!(gone, Some(CatalogError::Unknown { .. })));
    }
}

async fn opened(a: &Scripted, store: impl Store) -> Result<Catalog, CatalogError> {
    builder().app("a", |app| a.action(app, "x")).store(store).open().await
}

#[tokio::test(start_paused = true)]
async fn what_the_store_keeps_is_there_when_the_catalogue_opens_again() {
    let (a, store) = (Scripted::answering(json!({ "ok": 1 })), Memory::new());
    let first = opened(&a, store.clone()).await.expect("it opens");
    first.fallbacks().create(json!({ "tag": "f", "options": over(&["a"]) })).await.expect("it is sound");
    first.fallbacks().update("f", json!({ "retries": 2 })).await.expect("it is sound");
    first.fallbacks().run(Run::new("f")).await.expect("a serves");
    first.cordon("f", "a", "being repaired").await.expect("it is there");
    let unknown = first.cordon("f", "b", "").await;
    assert!(matches!(unknown, Err(CatalogError::UnknownProvider { .. })));
    // The history is written down now and then.
    tokio::time::sleep(Duration::from_secs(15)).await;
    drop(first);

    let second = opened(&a, store).await.expect("it opens");
    let fetched = second.fallbacks().fetch("f").await.expect("it is there");
    assert_eq!((fetched.version, fetched.defaults.retries), (2, Some(2)));
    assert!(second.fallbacks().run(Run::new("f")).await.is_err(), "its only provider is taken out");
    second.uncordon("f", "a").await.expect("it is there");
    assert_eq!(second.fallbacks().run(Run::new("f")).await.expect("a serves")["ok"], 1);
    let now = std::time::SystemTime::now();
    let hours = second.history("f", now - Duration::from_secs(3_600)..now + Duration::from_secs(3_600)).await;
    let calls: u64 = hours.expect("it can be read").iter().map(|hour| hour.totals.calls).sum();
    assert_eq!(calls, 1);
}

#[tokio::test(start_paused = true)]
async fn history_has_what_a_provider_did_before_an_update_took_it_away() {
    let (a, b) = (Scripted::failing(500), Scripted::answering(json!({})));
    let catalog = catalog(&[("a/x", &a), ("b/x", &b)]).await;
    catalog.fallbacks().create(json!({ "tag": "f", "options": over(&["a", "b"]) })).await.expect("it is sound");
    catalog.fallbacks().run(Run::new("f")).await.expect("b serves");
    catalog.fallbacks().update("f", json!({ "options": over(&["b"]) })).await.expect("it is sound");
    catalog.fallbacks().run(Run::new("f")).await.expect("b serves");
    tokio::time::sleep(Duration::from_secs(15)).await;
    let now = std::time::SystemTime::now();
    let hours = catalog.history("f", now - Duration::from_secs(3_600)..now + Duration::from_secs(3_600)).await;
    let hours = hours.expect("it can be read");
    let calls = |provider| hours.iter().filter(|hour| hour.provider == provider).map(|hour| hour.totals.calls).sum();
    assert_eq!((calls("a"), calls("b")), (a.calls() as u64, b.calls() as u64));
}

/// How many calls the history has of all providers.
async fn recorded(catalog: &Catalog) -> u64 {
    let now = std::time::SystemTime::now();
    let hours = catalog.history("f", now - Duration::from_secs(3_600)..now + Duration::from_secs(3_600)).await;
    hours.expect("it can be read").iter().map(|hour| hour.totals.calls).sum()
}

#[tokio::test(start_paused = true)]
async fn history_is_complete_after_a_flush_and_after_a_change() {
    let (a, store) = (Scripted::answering(json!({})), Failing::default());
    let run = async |catalog: &Catalog| catalog.fallbacks().run(Run::new("f")).await.expect("a serves");
    let catalog = opened(&a, store.clone()).await.expect("it opens");
    catalog.fallbacks().create(json!({ "tag": "f", "options": over(&["a"]) })).await.expect("it is sound");
    for _ in 0..5 {
        run(&catalog).await;
    }
    assert_eq!(recorded(&catalog).await, 0, "it is written now and then");
    catalog.flush().await.expect("it is in memory");
    catalog.flush().await.expect("there is nothing more");
    drop(catalog);

    let catalog = opened(&a, store.clone()).await.expect("it opens");
    assert_eq!(recorded(&catalog).await, 5);
    run(&catalog).await;
    catalog.fallbacks().update("f", json!({ "description": "new" })).await.expect("it is sound");
    drop(catalog);

    let catalog = opened(&a, store.clone()).await.expect("it opens");
    assert_eq!(recorded(&catalog).await, 6);
    run(&catalog).await;
    store.fail(true);
    assert!(matches!(catalog.flush().await, Err(CatalogError::Store(_))));
    assert!(catalog.store_trouble().is_some());
    store.fail(false);
    catalog.flush().await.expect("the store works again");
    assert!(catalog.store_trouble().is_none());
    assert_eq!(recorded(&catalog).await, 7);
}

#[tokio::test(start_paused = true)]
async fn history_counts_what_is_defined_anew_from_its_start() {
    let a = Scripted::answering(json!({}));
    let catalog = catalog(&[("a/x", &a)]).await;
    for calls in [2, 3] {
        catalog.fallbacks().create(json!({ "tag": "f", "options": over(&["a"]) })).await.expect("it is sound");
        for _ in 0..calls {
            catalog.fallbacks().run(Run::new("f")).await.expect("a serves");
        }
        catalog.fallbacks().delete("f").await.expect("it is there");
    }
    tokio::time::sleep(Duration::from_secs(15)).await;
    let now = std::time::SystemTime::now();
    let hours = catalog.history("f", now - Duration::from_secs(3_600)..now + Duration::from_secs(3_600)).await;
    assert_eq!(hours.expect("it can be read").iter().map(|hour| hour.totals.calls).sum::<u64>(), 5);
}

/// Keeps everything, after a second.
#[derive(Debug)]
struct Slow(Memory);

impl Store for Slow {
    fn load(&self) -> Answer<'_, Kept> {
        self.0.load()
    }

    fn commit(&self, changes: Vec<Change>) -> Answer<'_, ()> {
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            self.0.commit(changes).await
        })
    }

    fn record(&self, hours: Vec<Hour>) -> Answer<'_, ()> {
        self.0.record(hours)
    }

    fn history(&self, plan: &str, range: std::ops::Range<std::time::SystemTime>) -> Answer<'_, Vec<Hour>> {
        self.0.history(plan, range)
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_whose_caller_has_gone_is_made_as_a_whole() {
    let (a, store) = (Scripted::answering(json!({})), Memory::new());
    let catalog = opened(&a, Slow(store.clone())).await.expect("it opens");
    catalog.fallbacks().create(json!({ "tag": "f", "options": over(&["a"]) })).await.expect("it is sound");
    let gone = catalog.fallbacks().update("f", json!({ "retries": 1 }));
    assert!(tokio::time::timeout(Duration::from_millis(10), gone).await.is_err(), "the store takes a second");
    assert_eq!(catalog.fallbacks().fetch("f").await.expect("it is there").version, 1);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(catalog.fallbacks().fetch("f").await.expect("it is there").version, 2);
    let kept = store.load().await.expect("it is in memory");
    assert_eq!(kept.definition(Kind::Fallback, "f").map(|kept| kept.version), Some(2));
}

#[tokio::test(start_paused = true)]
async fn what_operators_have_changed_stays_or_the_update_is_refused() {
    let (a, b) = (Scripted::failing(500), Scripted::answering(json!({})));
    let catalog = catalog(&[("a/x", &a), ("b/x", &b)]).await;
    catalog.fallbacks().create(json!({ "tag": "f", "options": over(&["a", "b"]) })).await.expect("it is sound");
    let patch = serde_json::from_value(json!({ "providers": { "a": { "retries": 3 } } })).expect("a patch");
    catalog.plan("f").expect("it runs").update(patch).expect("it is sound");
    catalog.fallbacks().update("f", json!({ "description": "new" })).await.expect("it is sound");
    catalog.fallbacks().run(Run::new("f")).await.expect("b serves");
    assert_eq!((a.calls(), b.calls()), (4, 1));
    let refused = catalog.fallbacks().update("f", json!({ "options": over(&["b"]) })).await;
    let Err(error @ CatalogError::Overridden(_)) = refused else { panic!("{refused:?}") };
    assert!(error.to_string().contains("`restore`") && error.to_string().contains("providers.a"), "{error}");
    assert_eq!(catalog.fallbacks().fetch("f").await.expect("it is there").version, 2);
}

#[tokio::test(start_paused = true)]
async fn a_definition_that_is_given_twice_is_refused_with_all_else() {
    let a = Scripted::answering(json!({}));
    let given = |name: &str, app: &str| {
        let definition = json!({ "tag": "f", "kind": "fallback", "name": name, "options": over(&[app]) });
        ductape_catalog::definition::Definition::from_value(&definition).expect("it is sound")
    };
    let open = async |store: Memory, definitions: Vec<_>| {
        builder().app("a", |app| a.action(app, "x")).definitions(definitions).store(store).open().await
    };
    let store = Memory::new();
    for what_is_kept in ["nothing", "the first", "that it is deleted"] {
        let refused = open(store.clone(), vec![given("one", "z"), given("two", "a")]).await;
        let Err(CatalogError::Invalid(invalid)) = refused else { panic!("{what_is_kept}: {refused:?}") };
        let told = invalid.to_string();
        assert!(told.contains("fallback `f` $.tag: there is a fallback of this tag already"), "{told}");
        assert_eq!(told.contains("there is no app `z`"), what_is_kept == "nothing", "{told}");
        let catalog = open(store.clone(), vec![given("one", "a")]).await.expect("it opens");
        if what_is_kept == "nothing" {
            catalog.fallbacks().update("f", json!({ "description": "changed" })).await.expect("it is sound");
        } else if what_is_kept == "the first" {
            catalog.fallbacks().delete("f").await.expect("it is there");
        }
    }
}
