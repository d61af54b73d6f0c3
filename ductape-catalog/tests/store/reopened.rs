//! A catalogue over a file, closed and opened again.

use ductape_catalog::definition::Definition;
use ductape_catalog::store::File;
use ductape_catalog::{Catalog, Run};
use serde_json::{Value, json};

use super::{Outcome, place};

async fn opened(path: &std::path::Path) -> Result<Catalog, Box<dyn std::error::Error>> {
    let builder = Catalog::builder()
        .app("a", |app| app.action("x", async |_: Value| Err::<(), _>("down")))
        .app("b", |app| app.action("x", async |_: Value| Ok::<_, String>(json!({}))));
    Ok(builder.store(File::open(path).await?).open().await?)
}

#[tokio::test]
async fn what_was_changed_in_a_plan_is_in_force_after_a_restart() -> Outcome {
    let (_folder, path) = place()?;
    let options = json!([{ "app": "a", "event": "x" }, { "app": "b", "event": "x" }]);
    let changed = |retries: Value| {
        let provider = json!({ "retries": retries, "backoff": { "base": "1us", "max": "1us" } });
        serde_json::from_value(json!({ "providers": { "a": provider } }))
    };
    let attempts = async |catalog: &Catalog| catalog.fallbacks().run(Run::new("f")).await.map(|ran| ran.attempts);

    let catalog = opened(&path).await?;
    catalog.fallbacks().create(json!({ "tag": "f", "options": options })).await?;
    assert_eq!(attempts(&catalog).await?, 2);
    catalog.update("f", changed(json!(2))?).await?;
    assert_eq!(attempts(&catalog).await?, 4);
    drop(catalog);

    let catalog = opened(&path).await?;
    assert_eq!(attempts(&catalog).await?, 4);
    catalog.update("f", changed(json!(1))?).await?;
    drop(catalog);

    let catalog = opened(&path).await?;
    assert_eq!(attempts(&catalog).await?, 3);
    catalog.cordon("f", "b", "too dear").await?;
    catalog.fallbacks().delete("f").await?;
    catalog.fallbacks().create(json!({ "tag": "f", "options": options })).await?;
    drop(catalog);

    let catalog = opened(&path).await?;
    assert_eq!(attempts(&catalog).await?, 2, "as it was defined, anew");
    catalog.update("f", changed(json!(3))?).await?;
    catalog.restore("f").await?;
    drop(catalog);
    assert_eq!(attempts(&opened(&path).await?).await?, 2);
    Ok(())
}

#[tokio::test]
async fn a_definition_of_the_program_that_was_deleted_does_not_come_back() -> Outcome {
    let (_folder, path) = place()?;
    let own = || Definition::from_value(&json!({ "tag": "f", "options": [{ "app": "a", "event": "x" }] }));
    let opened = async || -> Result<Catalog, Box<dyn std::error::Error>> {
        let builder = Catalog::builder().app("a", |app| app.action("x", async |_: Value| Ok::<_, String>(json!({}))));
        Ok(builder.definitions([own()?]).store(File::open(&path).await?).open().await?)
    };
    let catalog = opened().await?;
    catalog.fallbacks().delete("f").await?;
    drop(catalog);

    let catalog = opened().await?;
    assert!(catalog.fallbacks().fetch_all().await?.is_empty());
    let again = json!({ "tag": "f", "retries": 1, "options": [{ "app": "a", "event": "x" }] });
    catalog.fallbacks().create(again).await?;
    drop(catalog);

    assert_eq!(opened().await?.fallbacks().fetch("f").await?.defaults.retries, Some(1));
    Ok(())
}
