//! A cache: where it can stand, and what its values belong to.

use quote::quote;
use syn::{FnArg, Pat, Type};

use crate::clause::{Clause, Clauses, source};
use crate::diagnostics::Diagnostics;
use crate::function::Function;

pub(super) fn check(function: &Function, clauses: &Clauses, diagnostics: &mut Diagnostics) {
    let Some(cache) = clauses.get("cache") else { return };
    if clauses.mentions("at_most_once") {
        let help = "leave `cache` out: a value from the cache would pass for work that was done";
        diagnostics.error(&cache.key, "an `at_most_once` plan cannot have a `cache`", help);
    }
    key(function, cache, diagnostics);
}

/// Without a key, calls with other arguments would get the same value.
fn key(function: &Function, cache: &Clause, diagnostics: &mut Diagnostics) {
    let arguments: Vec<_> = function.sig.inputs.iter().filter_map(argument).collect();
    let has_key = cache.nested().is_none_or(|clauses| clauses.mentions("key"));
    if has_key || arguments.is_empty() {
        return;
    }
    let key = match arguments.as_slice() {
        // One that is a reference is copied only to be kept.
        [(name, true)] => name.clone(),
        [(name, false)] => format!("&{name}"),
        several => {
            let owned = several.iter().map(|(name, is_reference)| match is_reference {
                true => format!("{name}.to_owned()"),
                false => format!("{name}.clone()"),
            });
            format!("({})", owned.collect::<Vec<_>>().join(", "))
        }
    };
    let written = source(&cache.tokens);
    let help = format_args!("write `cache({written}, key({key}))`, with all that the value depends on");
    diagnostics.error(&cache.key, "`cache(…)` needs `key`, since the function has arguments", help);
}

/// The name of an argument, and whether it is a reference.
fn argument(input: &FnArg) -> Option<(String, bool)> {
    let FnArg::Typed(typed) = input else { return None };
    let name = match &*typed.pat {
        Pat::Ident(name) => name.ident.to_string(),
        pattern => source(&quote!(#pattern)),
    };
    Some((name, matches!(*typed.ty, Type::Reference(_))))
}
