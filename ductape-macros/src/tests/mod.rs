//! What holds of every definition: samples, what they become, and what becomes of them when they are damaged.
//!
//! A sample is a file in `samples`: one item under one attribute.

mod messages;
mod robustness;
mod slips;
mod snapshots;
mod worst_case;

use std::fs;
use std::path::PathBuf;

use proc_macro2::{Group, TokenStream, TokenTree};

use crate::{healthcheck, plan, steps};

struct Sample {
    name: String,
    text: String,
}

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/tests").join(name)
}

fn samples() -> Vec<Sample> {
    let mut samples: Vec<_> = fs::read_dir(folder("samples"))
        .expect("the folder is ours")
        .map(|file| {
            let path = file.expect("the folder is ours").path();
            let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
            Sample { name, text: fs::read_to_string(&path).expect("the file is ours") }
        })
        .collect();
    samples.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(samples.len() >= 8, "the samples are gone");
    samples
}

/// The item without its first attribute, and that attribute's name and arguments.
fn divide(tokens: TokenStream) -> Option<(String, TokenStream, TokenStream)> {
    let mut trees = tokens.into_iter();
    let (Some(TokenTree::Punct(_)), Some(TokenTree::Group(brackets))) = (trees.next(), trees.next()) else {
        return None;
    };
    let mut inside = brackets.stream().into_iter();
    let Some(TokenTree::Ident(name)) = inside.next() else { return None };
    let arguments = match inside.next() {
        Some(TokenTree::Group(arguments)) => arguments,
        Some(_) => return None,
        None => Group::new(proc_macro2::Delimiter::Parenthesis, TokenStream::new()),
    };
    // The compiler calls no attribute without an item.
    let item: TokenStream = trees.collect();
    (!item.is_empty()).then(|| (name.to_string(), arguments.stream(), item))
}

fn expand(name: &str, arguments: TokenStream, item: TokenStream) -> Option<TokenStream> {
    match name {
        "fallback" => Some(plan::expand(plan::Kind::Fallback, arguments, item)),
        "quota" => Some(plan::expand(plan::Kind::Quota, arguments, item)),
        "action" => Some(plan::expand(plan::Kind::Action, arguments, item)),
        "workflow" => Some(steps::expand(steps::Kind::Workflow, arguments, item)),
        "partial" => Some(steps::expand(steps::Kind::Partial, arguments, item)),
        "healthcheck" => Some(healthcheck::expand(arguments, item)),
        _ => None,
    }
}
