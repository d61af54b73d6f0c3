//! What a definition becomes, as text to be read.

use std::fs;

use super::{divide, expand, folder, samples};

#[test]
fn every_sample_becomes_what_its_snapshot_shows() {
    let mut changed = Vec::new();
    for sample in samples() {
        let tokens = sample.text.parse().expect("a sample is made of tokens");
        let (attribute, arguments, item) = divide(tokens).expect("a sample has an attribute");
        let expanded = expand(&attribute, arguments, item).expect("a sample has one of our attributes");
        let file = syn::parse2(expanded).unwrap_or_else(|error| panic!("{} becomes no Rust: {error}", sample.name));
        let text = prettyplease::unparse(&file);
        let path = folder("snapshots").join(format!("{}.rs", sample.name));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &text).expect("the file is ours");
        }
        if fs::read_to_string(&path).unwrap_or_default() != text {
            changed.push(sample.name);
        }
    }
    assert!(
        changed.is_empty(),
        "{changed:?} became something else: `BLESS=1 cargo test -p ductape-macros` takes it over"
    );
}
