//! The documented worst case is that of the plan itself.

use std::fs;

use proc_macro2::TokenStream;
use syn::{File, Item};

use super::{divide, expand, folder};
use crate::body::doc;
use crate::literal::duration::show_roughly;

#[expect(dead_code, clippy::trivially_copy_pass_by_ref, reason = "the plans are read, and not run")]
mod plans {
    use std::fmt::Error;

    use ductape::{action, fallback, quota};

    include!("worst_case/plans.rs");
}

/// What the rustdoc of the function says of its worst case.
fn documented(attribute: &str, arguments: TokenStream, item: TokenStream) -> Option<String> {
    let expanded = expand(attribute, arguments, item).expect("one of ours");
    let File { items, .. } = syn::parse2(expanded).expect("it becomes Rust");
    let lines = items.iter().find_map(|item| match item {
        Item::Fn(function) => Some(function.attrs.iter().filter_map(|attribute| doc(&attribute.meta))),
        _ => None,
    })?;
    let mut said = lines.filter_map(|line| Some(line.split_once("Worst case: ")?.1.to_owned()));
    said.next()
}

#[test]
fn the_documented_worst_case_is_that_of_the_plan() {
    let text = fs::read_to_string(folder("worst_case").join("plans.rs")).expect("the file is ours");
    let file: TokenStream = text.parse().expect("it is made of tokens");
    let File { items, .. } = syn::parse2(file).expect("it is Rust");
    let mut compared = 0;
    for item in items {
        let Item::Fn(function) = item else { continue };
        if function.attrs.is_empty() {
            continue;
        }
        let tag = function.sig.ident.to_string().replace('_', "-");
        let (attribute, arguments, item) = divide(quote::quote!(#function)).expect("a plan has an attribute");
        let worst = ductape::plan(&tag).expect("it is linked").worst_case();
        let attempts =
            if worst.attempts == 1 { "1 attempt".to_owned() } else { format!("{} attempts", worst.attempts) };
        match documented(&attribute, arguments, item) {
            Some(said) => assert_eq!(said, format!("{attempts}, {}.", show_roughly(worst.time)), "{tag}"),
            None => assert!(tag.starts_with("unknown"), "{tag} has no worst case"),
        }
        compared += 1;
    }
    assert_eq!(compared, 9);
}
