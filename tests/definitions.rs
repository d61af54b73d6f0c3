//! `definitions!`: what it yields is what stands in the folder.

use std::fs;
use std::path::Path;

use ductape::catalog::definition::{Definition, Definitions, Kind};

fn as_read(folder: &str) -> Result<Definitions, Box<dyn std::error::Error>> {
    let mut set = Definitions::default();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))? {
        for definition in Definition::all_from_json(&fs::read_to_string(entry?.path())?)? {
            set.insert(definition)?;
        }
    }
    Ok(set)
}

#[test]
fn definitions_yields_what_stands_in_the_folder() -> Result<(), Box<dyn std::error::Error>> {
    let set = ductape::definitions!("examples/definitions");
    assert_eq!(set, as_read("examples/definitions")?);
    assert!(set.get(Kind::Fallback, "payment-fallback").is_some());
    assert!(set.get(Kind::Feature, "process-payment").is_some());
    assert!(set.pending().is_empty());
    let tags: Vec<_> = set.into_iter().map(|definition| definition.tag().to_owned()).collect();
    assert_eq!(tags.first().map(String::as_str), Some("payment-fallback"));
    Ok(())
}

#[test]
fn a_folder_is_relative_to_the_package() {
    let set = ductape::definitions!("tests/../examples/definitions",);
    assert_eq!(set.len(), ductape::definitions!("examples/definitions").len());
}
