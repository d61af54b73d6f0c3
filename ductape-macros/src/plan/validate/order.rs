//! Order: which providers a fallback and a quota consist of, and in which order.

use super::layout::Named;
use crate::diagnostics::Diagnostics;
use crate::function::Function;
use crate::plan::Kind;
use crate::plan::ast::Role;

const FALLBACK: &str =
    "a fallback consists of one `#[primary(\"…\")]` block and, after it, one or more `#[fallback(\"…\")]` blocks";
const QUOTA: &str = "a quota consists of `#[provider(\"…\", weight = …)]` blocks and, after them, any number of `#[fallback(\"…\")]` blocks";

pub(super) fn check(kind: Kind, function: &Function, providers: &[Named], diagnostics: &mut Diagnostics) {
    match kind {
        Kind::Fallback => fallback(function, providers, diagnostics),
        Kind::Quota => quota(function, providers, diagnostics),
        Kind::Action => {}
    }
}

fn fallback(function: &Function, providers: &[Named], diagnostics: &mut Diagnostics) {
    for (_, marker) in of_role(providers, Role::Provider) {
        let message = "`#[provider]` belongs in a `#[quota]`";
        diagnostics.error(
            marker,
            message,
            "write `#[primary(\"…\")]` on the first block, `#[fallback(\"…\")]` on the others",
        );
    }
    // What is marked as another plan's provider, or not at all, is reported already.
    let unclear = providers.iter().any(|named| !matches!(named.marker, Some((Role::Primary | Role::Fallback, _))));
    let mut primaries = of_role(providers, Role::Primary);
    match primaries.next() {
        None if providers.is_empty() => {
            diagnostics.error(&function.sig.ident, "this fallback has no providers", FALLBACK);
        }
        None if unclear => {}
        None => {
            if let Some((_, first)) = of_role(providers, Role::Fallback).next() {
                diagnostics.error(first, "this fallback has no `#[primary]`", FALLBACK);
            }
        }
        Some((at, first)) => {
            if at > 0 {
                diagnostics.error(first, "`#[primary]` is not the first provider", FALLBACK);
            }
            for (_, second) in primaries {
                diagnostics.twice(first, second, "`#[primary]`", FALLBACK);
            }
            if providers.len() == 1 {
                diagnostics.error(first, "this fallback has no `#[fallback]` after its `#[primary]`", FALLBACK);
            }
        }
    }
}

fn quota(function: &Function, providers: &[Named], diagnostics: &mut Diagnostics) {
    for (_, marker) in of_role(providers, Role::Primary) {
        let message = "`#[primary]` belongs in a `#[fallback]`";
        diagnostics.error(marker, message, "write `#[provider(\"…\", weight = …)]`");
    }
    let shares = providers.iter().any(|named| named.provider.shares || named.marker.is_none());
    if !shares {
        match of_role(providers, Role::Fallback).next() {
            Some((_, first)) => {
                diagnostics.error(first, "this quota has no `#[provider]` before its `#[fallback]`", QUOTA);
            }
            None => diagnostics.error(&function.sig.ident, "this quota has no providers", QUOTA),
        }
    }
    if let Some((tier, _)) = of_role(providers, Role::Fallback).next() {
        for (_, marker) in of_role(providers, Role::Provider).filter(|(at, _)| *at > tier) {
            diagnostics.error(marker, "a `#[provider]` stands after the fallback tier", QUOTA);
        }
    }
}

fn of_role(providers: &[Named], role: Role) -> impl Iterator<Item = (usize, &proc_macro2::Ident)> {
    providers.iter().enumerate().filter_map(move |(at, named)| match &named.marker {
        Some((this, marker)) if *this == role => Some((at, marker)),
        _ => None,
    })
}
