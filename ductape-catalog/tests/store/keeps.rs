//! What every store keeps.

use ductape_catalog::definition::Kind;
use ductape_catalog::store::{Change, File, Kept, Memory, Store};
use serde_json::json;

use super::{Outcome, cache, place};

async fn keeps_what_it_is_given(store: &dyn Store) -> Outcome {
    assert_eq!(store.load().await?, Kept::default());
    let retries = serde_json::from_value(json!({ "retries": 3, "providers": { "paypal": { "timeout": "2s" } } }))?;
    let cordon = |provider: &str, reason: Option<&str>| Change::Cordon {
        plan: "pay".to_owned(),
        provider: provider.to_owned(),
        reason: reason.map(str::to_owned),
    };
    let changes = vec![
        Change::Define(cache("a", 1)?),
        Change::Define(cache("b", 1)?),
        Change::Override { plan: "pay".to_owned(), patch: Some(retries) },
        cordon("stripe", Some("they told us")),
        cordon("paypal", Some("too dear")),
    ];
    let mut expected = Kept::default();
    changes.iter().cloned().for_each(|change| expected.apply(change));
    store.commit(changes).await?;
    assert_eq!(store.load().await?, expected);

    // In their order: what is defined last is in force.
    let changes = vec![
        Change::Define(cache("a", 2)?),
        Change::Define(cache("a", 3)?),
        Change::Remove { kind: Kind::Cache, tag: "b".to_owned() },
        cordon("stripe", None),
    ];
    store.commit(changes).await?;
    let kept = store.load().await?;
    assert_eq!(kept.definition(Kind::Cache, "a"), Some(&cache("a", 3)?));
    assert_eq!(kept.definition(Kind::Cache, "b"), None);
    assert_eq!(kept.definition(Kind::Fallback, "a"), None);
    assert_eq!(kept.cordons.keys().collect::<Vec<_>>(), [&("pay".to_owned(), "paypal".to_owned())]);

    // What is not there can be taken away.
    let nothing = vec![
        Change::Remove { kind: Kind::Quota, tag: "a".to_owned() },
        Change::Override { plan: "sms".to_owned(), patch: None },
        cordon("stripe", None),
    ];
    store.commit(nothing).await?;
    assert_eq!(store.load().await?, kept);
    // What is hidden is so until it is defined again.
    let hide = |tag: &str| Change::Hide { kind: Kind::Cache, tag: tag.to_owned() };
    store.commit(vec![hide("a"), hide("c"), Change::Define(cache("c", 1)?)]).await?;
    let hidden = store.load().await?;
    assert_eq!(hidden.definition(Kind::Cache, "a"), None);
    assert_eq!(hidden.hidden.iter().collect::<Vec<_>>(), [&(Kind::Cache, "a".to_owned())]);
    let rename =
        |plan: &str| Change::Rename { plan: plan.to_owned(), from: "paypal".to_owned(), to: "theirs".to_owned() };
    store.commit(vec![rename("pay"), rename("sms")]).await?;
    let renamed = store.load().await?;
    let patch = serde_json::to_value(&renamed.overrides["pay"])?;
    assert_eq!(patch, json!({ "retries": 3, "providers": { "theirs": { "timeout": "2s" } } }));
    assert_eq!(
        renamed.cordons.into_iter().collect::<Vec<_>>(),
        [(("pay".to_owned(), "theirs".to_owned()), "too dear".to_owned())]
    );
    store.commit(vec![Change::Override { plan: "pay".to_owned(), patch: None }]).await?;
    assert!(store.load().await?.overrides.is_empty());
    Ok(())
}

#[tokio::test]
async fn memory_keeps_what_it_is_given() -> Outcome {
    keeps_what_it_is_given(&Memory::new()).await
}

#[tokio::test]
async fn a_file_keeps_what_it_is_given() -> Outcome {
    let (_folder, path) = place()?;
    keeps_what_it_is_given(&File::open(&path).await?).await
}

#[tokio::test]
async fn clones_of_a_memory_are_the_same_store() -> Outcome {
    let store = Memory::new();
    store.clone().commit(vec![Change::Define(cache("a", 1)?)]).await?;
    assert_eq!(store.load().await?.definitions.len(), 1);
    Ok(())
}
