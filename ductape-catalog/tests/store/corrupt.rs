//! Damaged files: refused by name, or what was kept is there; never anything else.

use std::error::Error;
use std::fs;
use std::path::Path;

use ductape_catalog::definition::Kind;
use ductape_catalog::store::{Change, File, Kept, Store, StoreError};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use redb::{Database, TableDefinition};

use super::{Outcome, cache, place};

async fn filled(path: &Path) -> Result<Kept, Box<dyn Error>> {
    let store = File::open(path).await?;
    for version in 1..20 {
        let tags = 0..version % 7;
        let changes: Result<Vec<_>, _> =
            tags.map(|tag| cache(&format!("c{tag}"), version).map(Change::Define)).collect();
        store.commit(changes?).await?;
    }
    Ok(store.load().await?)
}

fn names_the_file(error: &StoreError, path: &Path) {
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    assert!(error.to_string().contains("help: put a copy of it back"), "{error}");
}

#[tokio::test]
async fn what_is_no_store_is_refused_and_left_as_it_is() -> Outcome {
    let (_folder, path) = place()?;
    let long = "a catalogue\n".repeat(1_000);
    for text in ["", "{}", "redb", long.as_str()] {
        fs::write(&path, text)?;
        names_the_file(&File::open(&path).await.expect_err("this is no store"), &path);
        assert_eq!(fs::read_to_string(&path)?, text);
    }
    Ok(())
}

#[tokio::test]
async fn a_database_of_another_program_is_refused() -> Outcome {
    let (_folder, path) = place()?;
    let database = Database::create(&path)?;
    let transaction = database.begin_write()?;
    transaction.open_table(TableDefinition::<&str, u64>::new("theirs"))?.insert("figure", 7)?;
    transaction.commit()?;
    drop(database);
    let theirs = fs::read(&path)?;
    let error = File::open(&path).await.expect_err("this is none of ours");
    assert!(fs::read(&path)? == theirs, "it is left as it was");
    names_the_file(&error, &path);
    assert!(error.to_string().contains("it is a database of another program"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_file_that_was_cut_off_is_refused() -> Outcome {
    let (_folder, path) = place()?;
    filled(&path).await?;
    let bytes = fs::read(&path)?;
    for left in [1, 63, 64, 320, 4_096, 8_192, bytes.len() / 2, bytes.len() - 4_096, bytes.len() - 1] {
        fs::write(&path, &bytes[..left])?;
        names_the_file(&File::open(&path).await.expect_err("its end is missing"), &path);
        assert!(fs::read(&path)? == bytes[..left], "it is left as it was");
    }
    Ok(())
}

#[tokio::test]
async fn a_definition_that_is_not_sound_is_named() -> Outcome {
    let (_folder, path) = place()?;
    filled(&path).await?;
    let database = Database::open(&path)?;
    let transaction = database.begin_write()?;
    let text = r#"{ "version": 3, "definition": { "tag": "c9", "expiry": "soon" } }"#;
    let definitions = TableDefinition::<(&str, &str), &[u8]>::new("definitions");
    transaction.open_table(definitions)?.insert((Kind::Cache.as_str(), "c9"), text.as_bytes())?;
    transaction.commit()?;
    drop(database);
    let error = File::open(&path).await?.load().await.expect_err("`soon` is no duration");
    names_the_file(&error, &path);
    assert!(error.to_string().contains("cache `c9` is not sound"), "{error}");
    assert!(error.to_string().contains("$.expiry"), "{error}");
    Ok(())
}

/// Every page is covered by checksums: wherever bytes are damaged, what is read is what was written, or nothing.
#[tokio::test]
async fn damage_anywhere_is_found_or_harmless() -> Outcome {
    let (_folder, path) = place()?;
    let kept = filled(&path).await?;
    let bytes = fs::read(&path)?;
    let used = bytes.chunks(64).rposition(|chunk| chunk.iter().any(|byte| *byte != 0)).unwrap_or_default() * 64;
    let (mut random, mut refused) = (StdRng::seed_from_u64(6), 0);
    for round in 0..200 {
        let mut damaged = bytes.clone();
        // The tenth byte says which of two states is in force, in a bit of its own.
        let at = if round < 60 { random.random_range(10..320) } else { random.random_range(320..used) };
        for byte in damaged.iter_mut().skip(at).take(random.random_range(1..64)) {
            *byte = random.random();
        }
        fs::write(&path, &damaged)?;
        let found = match File::open(&path).await {
            Ok(store) => store.load().await,
            Err(error) => Err(error),
        };
        match found {
            Ok(found) => assert_eq!(found, kept, "round {round}: another state, damaged at {at}"),
            Err(error) => {
                names_the_file(&error, &path);
                assert!(fs::read(&path)? == damaged, "round {round}: it is not left as it was, damaged at {at}");
                refused += 1;
            }
        }
    }
    assert!(refused > 50, "{refused}");
    Ok(())
}
