//! Definitions that are damaged at every place, one at a time, as they are while somebody types.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::{Group, TokenStream, TokenTree};
use syn::ItemFn;

use super::{Sample, divide, expand, samples};

#[test]
fn no_damage_makes_the_macros_panic_or_lose_the_function() {
    for sample in samples() {
        let tokens: TokenStream = sample.text.parse().expect("a sample is made of tokens");
        let mut faults = BTreeSet::new();
        let variants = damaged(&tokens);
        assert!(variants.len() > 100, "{}: only {} variants", sample.name, variants.len());
        for variant in variants {
            faults.extend(faults_of(&sample, variant));
        }
        assert!(faults.is_empty(), "{}:\n{}", sample.name, faults.into_iter().collect::<Vec<_>>().join("\n"));
    }
}

fn faults_of(sample: &Sample, variant: TokenStream) -> Vec<String> {
    let shown = variant.to_string();
    let Some((attribute, arguments, item)) = divide(variant) else { return Vec::new() };
    let function = syn::parse2::<ItemFn>(item.clone()).ok();
    let expanded = match catch_unwind(AssertUnwindSafe(|| expand(&attribute, arguments, item))) {
        Ok(Some(expanded)) => expanded,
        Ok(None) => return Vec::new(),
        Err(_) => return vec![format!("panics: {shown}")],
    };
    let mut faults = Vec::new();
    for range in errors(expanded.clone()) {
        if range.is_empty() || range.end > sample.text.len() {
            faults.push(format!("points nowhere: {shown}\n  {expanded}"));
        }
    }
    if let Some(function) = function {
        if !has_function(expanded.clone(), &function.sig.ident.to_string()) {
            faults.push(format!("loses the function: {shown}"));
        }
        if let Err(error) = syn::parse2::<syn::File>(expanded.clone()) {
            faults.push(format!("becomes no Rust, {error}: {shown}\n  {expanded}"));
        }
    }
    faults
}

/// The places of the errors.
fn errors(expanded: TokenStream) -> Vec<std::ops::Range<usize>> {
    let mut ranges = Vec::new();
    for tree in expanded {
        match tree {
            TokenTree::Ident(word) if word == "compile_error" => ranges.push(word.span().byte_range()),
            TokenTree::Group(group) => ranges.extend(errors(group.stream())),
            _ => {}
        }
    }
    ranges
}

fn has_function(expanded: TokenStream, name: &str) -> bool {
    let mut after_fn = false;
    expanded.into_iter().any(|tree| {
        let found = match &tree {
            TokenTree::Ident(word) => after_fn && word == name,
            TokenTree::Group(group) => has_function(group.stream(), name),
            _ => false,
        };
        after_fn = matches!(&tree, TokenTree::Ident(word) if word == "fn");
        found
    })
}

/// Every variant with one token, on whatever level, left out, doubled, exchanged with the next, or all after it left out.
fn damaged(tokens: &TokenStream) -> Vec<TokenStream> {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut variants = Vec::new();
    for at in 0..trees.len() {
        let (before, rest) = trees.split_at(at);
        let Some((tree, after)) = rest.split_first() else { continue };
        let mut with = |middle: &[TokenTree], after: &[TokenTree]| {
            variants.push(before.iter().chain(middle).chain(after).cloned().collect());
        };
        with(&[], after);
        with(&[tree.clone(), tree.clone()], after);
        with(&[], &[]);
        if let Some((next, after)) = after.split_first() {
            with(&[next.clone(), tree.clone()], after);
        }
        if let TokenTree::Group(group) = tree {
            for inner in damaged(&group.stream()) {
                let mut damaged = Group::new(group.delimiter(), inner);
                damaged.set_span(group.span());
                with(&[damaged.into()], after);
            }
        }
    }
    variants
}
