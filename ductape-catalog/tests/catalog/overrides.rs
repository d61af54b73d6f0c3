//! What is changed in plans, and not in their definitions.

use ductape_catalog::store::{Memory, Store};
use ductape_catalog::{Catalog, CatalogError, Run};
use ductape_runtime::{Happened, Origin, Patch};
use serde_json::{Value, json};

use crate::support::{Failing, Scripted, builder};

struct Apps {
    a: Scripted,
    b: Scripted,
}

impl Apps {
    fn new() -> Self {
        Self { a: Scripted::failing(500), b: Scripted::answering(json!({})) }
    }

    async fn opened(&self, store: impl Store) -> Result<Catalog, CatalogError> {
        let Self { a, b } = self;
        builder().app("a", |app| a.action(app, "x")).app("b", |app| b.action(app, "x")).store(store).open().await
    }

    /// Runs the fallback; answers with the calls that each has got by that.
    async fn run(&self, catalog: &Catalog) -> (usize, usize) {
        let before = (self.a.calls(), self.b.calls());
        catalog.fallbacks().run(Run::new("f")).await.expect("b serves");
        (self.a.calls() - before.0, self.b.calls() - before.1)
    }
}

fn fallback() -> Value {
    json!({ "tag": "f", "options": [{ "app": "a", "event": "x" }, { "app": "b", "event": "x" }] })
}

fn patch(patch: Value) -> Patch {
    serde_json::from_value(patch).expect("a patch")
}

fn retries(retries: u32) -> Patch {
    patch(json!({ "providers": { "a": { "retries": retries } } }))
}

#[tokio::test(start_paused = true)]
async fn patches_add_up_and_are_there_when_the_catalogue_opens_again() {
    let (apps, store) = (Apps::new(), Memory::new());
    let first = apps.opened(store.clone()).await.expect("it opens");
    first.fallbacks().create(fallback()).await.expect("it is sound");
    let changes = first.update("f", retries(2)).await.expect("it is sound");
    assert_eq!(changes.iter().map(ToString::to_string).collect::<Vec<_>>(), ["providers.a.retries: 0 → 2"]);
    assert_eq!(apps.run(&first).await, (3, 1));
    first.update("f", patch(json!({ "deadline": "1h" }))).await.expect("it is sound");

    let second = apps.opened(store.clone()).await.expect("it opens");
    assert_eq!(apps.run(&second).await, (3, 1));
    let effective = second.plan("f").expect("it runs").effective();
    assert_eq!(effective.setting("deadline").map(|setting| setting.origin.clone()), Some(Origin::Update));
    // The definition is what it was.
    let fetched = second.fallbacks().fetch("f").await.expect("it is there");
    assert_eq!((fetched.version, fetched.options.len(), fetched.policy.deadline), (1, 2, None));

    // A clause that is taken back is no longer kept; nor is a patch that changes nothing any more.
    second.update("f", patch(json!({ "deadline": null }))).await.expect("it is sound");
    assert_eq!(store.load().await.expect("in memory").overrides["f"], retries(2));
    second.update("f", patch(json!({ "providers": { "a": { "retries": null } } }))).await.expect("it is sound");
    assert!(store.load().await.expect("in memory").overrides.is_empty());
    assert_eq!(apps.run(&second).await, (1, 1));
}

#[tokio::test(start_paused = true)]
async fn restore_takes_all_of_it_back_but_no_cordon() {
    let (apps, store) = (Apps::new(), Memory::new());
    let catalog = apps.opened(store.clone()).await.expect("it opens");
    catalog.fallbacks().create(fallback()).await.expect("it is sound");
    catalog.update("f", retries(2)).await.expect("it is sound");
    catalog.plan("f").expect("it runs").update(patch(json!({ "deadline": "1h" }))).expect("it is sound");
    let changes = catalog.restore("f").await.expect("it is there");
    assert_eq!(changes.len(), 2, "{changes:?}");
    assert_eq!(apps.run(&catalog).await, (1, 1));
    assert!(catalog.restore("f").await.expect("it is there").is_empty());
    catalog.cordon("f", "a", "being repaired").await.expect("it is there");
    catalog.restore("f").await.expect("it is there");
    assert_eq!(apps.run(&catalog).await, (0, 1));
    assert!(matches!(catalog.restore("g").await, Err(CatalogError::Unknown { .. })));
    let kept = store.load().await.expect("in memory");
    assert_eq!((kept.overrides.len(), kept.cordons.len()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_of_a_handle_s_changes_is_what_is_in_force() {
    let (apps, store) = (Apps::new(), Memory::new());
    let first = apps.opened(store.clone()).await.expect("it opens");
    first.fallbacks().create(fallback()).await.expect("it is sound");
    first.plan("f").expect("it runs").update(retries(4)).expect("it is sound");
    first.update("f", patch(json!({ "deadline": "1h" }))).await.expect("it is sound");
    assert_eq!(apps.run(&first).await, (5, 1));
    let second = apps.opened(store).await.expect("it opens");
    assert_eq!(apps.run(&second).await, (5, 1));
}

#[tokio::test(start_paused = true)]
async fn a_refused_patch_names_every_fault_and_changes_nothing() {
    let (apps, store) = (Apps::new(), Memory::new());
    let catalog = apps.opened(store.clone()).await.expect("it opens");
    catalog.fallbacks().create(fallback()).await.expect("it is sound");
    catalog.update("f", retries(1)).await.expect("it is sound");
    let faulty =
        patch(json!({ "deadline": "1s", "providers": { "a": { "retries": 100_001 }, "z": { "retries": 1 } } }));
    let Err(CatalogError::Patch(refused)) = catalog.update("f", faulty).await else { panic!("it is refused") };
    let paths: Vec<_> = refused.faults().iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(paths, ["providers.a.retries", "providers.z", "deadline"]);
    assert_eq!(apps.run(&catalog).await, (2, 1));
    assert_eq!(store.load().await.expect("in memory").overrides["f"], retries(1));
    assert!(matches!(catalog.update("g", retries(1)).await, Err(CatalogError::Unknown { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_definition_that_is_deleted_takes_its_overrides_and_cordons_along() {
    let (apps, store) = (Apps::new(), Memory::new());
    let catalog = apps.opened(store.clone()).await.expect("it opens");
    catalog.fallbacks().create(fallback()).await.expect("it is sound");
    catalog.update("f", retries(2)).await.expect("it is sound");
    catalog.cordon("f", "a", "being repaired").await.expect("it is there");
    catalog.fallbacks().delete("f").await.expect("it is there");
    let kept = store.load().await.expect("in memory");
    assert!(kept.overrides.is_empty() && kept.cordons.is_empty(), "{kept:?}");

    // Of the same tag, and another definition: it starts clean, now and when the catalogue opens again.
    catalog.fallbacks().create(fallback()).await.expect("it is sound");
    assert_eq!(apps.run(&catalog).await, (1, 1));
    let second = apps.opened(store).await.expect("it opens");
    assert_eq!(apps.run(&second).await, (1, 1));
    assert_eq!(second.plan("f").expect("it runs").cordoned("a"), None);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_an_update_takes_away_takes_its_cordon_along() {
    let (apps, store) = (Apps::new(), Memory::new());
    let catalog = apps.opened(store.clone()).await.expect("it opens");
    catalog.fallbacks().create(fallback()).await.expect("it is sound");
    catalog.cordon("f", "a", "being repaired").await.expect("it is there");
    catalog.cordon("f", "b", "too dear").await.expect("it is there");
    let alone = json!({ "options": [{ "app": "b", "event": "x" }] });
    catalog.fallbacks().update("f", alone).await.expect("it is sound");
    catalog.fallbacks().update("f", json!({ "options": fallback()["options"] })).await.expect("it is sound");
    for catalog in [catalog, apps.opened(store).await.expect("it opens")] {
        let plan = catalog.plan("f").expect("it runs");
        assert_eq!((plan.cordoned("a"), plan.cordoned("b").as_deref()), (None, Some("too dear")));
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_refuses_changes_and_no_run_and_operators_are_told() {
    let (apps, store) = (Apps::new(), Failing::default());
    let catalog = apps.opened(store.clone()).await.expect("it opens");
    catalog.fallbacks().create(fallback()).await.expect("it is sound");
    store.fail(true);
    let refused = [
        catalog.fallbacks().update("f", json!({ "retries": 1 })).await.err(),
        catalog.fallbacks().delete("f").await.err(),
        catalog.update("f", retries(1)).await.err(),
        catalog.restore("f").await.err(),
        catalog.cordon("f", "b", "too dear").await.err(),
    ];
    for error in refused {
        assert!(matches!(&error, Some(CatalogError::Store(_))), "{error:?}");
    }
    assert_eq!(catalog.fallbacks().fetch("f").await.expect("it is there").version, 1);
    assert_eq!(apps.run(&catalog).await, (1, 1));
    assert!(catalog.store_trouble().is_some_and(|trouble| trouble.to_string().contains("the disk is full")));
    // The history that it does not take is given to it again.
    tokio::time::sleep(std::time::Duration::from_secs(30)).await;
    assert!(catalog.store_trouble().is_some());
    store.fail(false);
    tokio::time::sleep(std::time::Duration::from_secs(15)).await;
    assert!(catalog.store_trouble().is_none());
    catalog.update("f", retries(1)).await.expect("it is kept");

    let told: Vec<_> = catalog.runtime().recent_events().into_iter().map(|event| event.happened).collect();
    let told: Vec<_> = told.iter().filter(|happened| happened.as_str().starts_with("store")).collect();
    let [Happened::StoreFailed { error }, Happened::StoreRecovered] = told.as_slice() else { panic!("{told:?}") };
    assert!(error.contains("the disk is full"), "{error}");
    let now = std::time::SystemTime::now();
    let hour = std::time::Duration::from_secs(3_600);
    let hours = catalog.history("f", now - hour..now + hour).await.expect("it can be read");
    assert_eq!(hours.iter().map(|hour| hour.totals.calls).sum::<u64>(), 2);
}

#[tokio::test(start_paused = true)]
async fn overrides_that_do_not_go_with_the_program_s_definitions_are_refused_when_it_opens() {
    let (apps, store) = (Apps::new(), Memory::new());
    let with = |options: Value| {
        let definition = json!({ "tag": "f", "kind": "fallback", "options": options });
        ductape_catalog::definition::Definition::from_value(&definition).expect("it is sound")
    };
    let opened = |definition| {
        let Apps { a, b } = &apps;
        let builder = builder().app("a", |app| a.action(app, "x")).app("b", |app| b.action(app, "x"));
        builder.definitions([definition]).store(store.clone()).open()
    };
    let first = opened(with(fallback()["options"].clone())).await.expect("it opens");
    first.update("f", retries(2)).await.expect("it is sound");
    drop(first);
    // The next version of the program has no `a` any more.
    let alone = || with(json!([{ "app": "b", "event": "x" }]));
    let refused = opened(alone()).await;
    assert!(matches!(&refused, Err(CatalogError::Overridden(error)) if error.to_string().contains("providers.a")));
    let take_back = ductape_catalog::store::Change::Override { plan: "f".to_owned(), patch: None };
    store.commit(vec![take_back]).await.expect("in memory");
    opened(alone()).await.expect("it opens");
}
