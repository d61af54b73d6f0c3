//! Stores: what they keep, and what a file survives.

mod corrupt;
mod file;
mod history;
mod keeps;
#[cfg(unix)]
mod killed;
mod reopened;

use std::error::Error;
use std::path::PathBuf;

use ductape_catalog::definition::Definition;
use ductape_catalog::store::Versioned;
use serde_json::json;
use tempfile::TempDir;

type Outcome = Result<(), Box<dyn Error>>;

/// A cache's definition of that version, which its expiry shows.
fn cache(tag: &str, version: u64) -> Result<Versioned, Box<dyn Error>> {
    let definition = json!({ "tag": tag, "expiry": version * 1_000, "name": format!("the {tag} of {version}") });
    Ok(Versioned::new(Definition::from_value(&definition)?, version))
}

/// A place for a store that does not exist yet: in memory where that is possible, since a kill leaves alone what the
/// system has yet to write, and nobody then waits for a disk.
fn place() -> Result<(TempDir, PathBuf), Box<dyn Error>> {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())?;
    let path = folder.path().join("catalogue.redb");
    Ok((folder, path))
}
