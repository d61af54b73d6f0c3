//! A store in a file: what outlives it, and who may open it.

use std::fs;

use ductape_catalog::definition::Kind;
use ductape_catalog::store::{Change, File, Store, StoreError};
use redb::{Database, TableDefinition};

use super::{Outcome, cache, place};

#[tokio::test]
async fn what_was_kept_is_there_when_it_is_opened_again() -> Outcome {
    let (_folder, path) = place()?;
    for version in 1..10 {
        let store = File::open(&path).await?;
        store.commit(vec![Change::Define(cache("a", version)?)]).await?;
        drop(store);
        let kept = File::open(&path).await?.load().await?;
        assert_eq!(kept.definition(Kind::Cache, "a"), Some(&cache("a", version)?));
    }
    Ok(())
}

#[tokio::test]
async fn a_second_one_is_refused_until_the_first_is_closed() -> Outcome {
    let (_folder, path) = place()?;
    let store = File::open(&path).await?;
    let clone = store.clone();
    for _ in 0..2 {
        let refused = File::open(&path).await.expect_err("it is open");
        assert!(matches!(&refused, StoreError::InUse { path: file } if *file == path), "{refused}");
        assert!(refused.to_string().contains(&path.display().to_string()), "{refused}");
        assert!(refused.to_string().contains("help: stop the other process"), "{refused}");
    }
    drop(store);
    File::open(&path).await.expect_err("a clone has it open");
    drop(clone);
    File::open(&path).await?;
    Ok(())
}

#[tokio::test]
async fn two_that_make_it_at_once_make_one() -> Outcome {
    for _ in 0..20 {
        let (_folder, path) = place()?;
        let (one, other) = tokio::join!(File::open(&path), File::open(&path));
        let (store, refused) = match (one, other) {
            (Ok(store), Err(refused)) | (Err(refused), Ok(store)) => (store, refused),
            (one, other) => return Err(format!("{one:?}, {other:?}").into()),
        };
        assert!(matches!(refused, StoreError::InUse { .. }), "{refused}");
        store.commit(vec![Change::Define(cache("a", 1)?)]).await?;
        drop(store);
        assert_eq!(File::open(&path).await?.load().await?.definitions.len(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn a_newer_format_is_refused() -> Outcome {
    let (_folder, path) = place()?;
    drop(File::open(&path).await?);
    let database = Database::open(&path)?;
    let transaction = database.begin_write()?;
    transaction.open_table(TableDefinition::<&str, u64>::new("ductape"))?.insert("format", 7)?;
    transaction.commit()?;
    drop(database);
    let newer = fs::read(&path)?;
    let refused = File::open(&path).await.expect_err("it is newer");
    assert!(fs::read(&path)? == newer, "it is left as it was");
    assert!(matches!(refused, StoreError::Newer { format: 7, known: 1, .. }), "{refused}");
    assert!(refused.to_string().contains("has format 7, and this version knows up to 1"), "{refused}");
    Ok(())
}

#[tokio::test]
async fn a_file_that_was_half_made_is_made_anew() -> Outcome {
    let (folder, path) = place()?;
    fs::write(folder.path().join("catalogue.redb.new"), b"redb\x1A\x0A")?;
    let store = File::open(&path).await?;
    assert!(store.load().await?.definitions.is_empty());
    assert_eq!(fs::read_dir(folder.path())?.count(), 1);
    Ok(())
}

#[tokio::test]
async fn what_is_no_file_is_refused() -> Outcome {
    let (folder, path) = place()?;
    for path in [folder.path().to_owned(), path.join("deeper")] {
        let refused = File::open(&path).await.expect_err("there can be no file");
        assert!(matches!(refused, StoreError::Io { .. }), "{refused}");
        assert!(refused.to_string().contains(&path.display().to_string()), "{refused}");
        assert!(refused.to_string().contains("help: see to its folder"), "{refused}");
    }
    Ok(())
}
