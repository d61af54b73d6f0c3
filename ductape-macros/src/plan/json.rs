//! Plans that run by tag as well, with JSON in and out: which ones can, and how a catalogue finds them.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{FnArg, Type};

use super::model::Model;
use crate::clause::Clauses;
use crate::diagnostics::Diagnostics;
use crate::function::Function;
use crate::paths::at;

/// A catalogue calls the function by its name, with one value that it has read from JSON.
pub(super) fn check(function: &Function, clauses: &Clauses, diagnostics: &mut Diagnostics) {
    let Some(clause) = clauses.get("json") else { return };
    if !cfg!(feature = "catalog") && !cfg!(test) {
        let help = "write `features = [\"catalog\"]` at `ductape` in Cargo.toml";
        return diagnostics.error(&clause.key, "`json` needs the feature `catalog`", help);
    }
    if let Some(receiver) = function.sig.receiver() {
        let help = "write a free function: a catalogue has no `self` to call it on";
        return diagnostics.error(receiver, "a `json` plan cannot have a `self`", help);
    }
    if let Some(generic) = function.sig.generics.params.first() {
        let help = "write the types out: JSON does not say which they are";
        return diagnostics.error(generic, "a `json` plan cannot be generic", help);
    }
    let arguments: Vec<_> = function.sig.inputs.iter().collect();
    let help = "give it one argument, by value, whose type is `serde::Deserialize`";
    match arguments.as_slice() {
        [FnArg::Typed(argument)] if is_opaque(argument.ty.to_token_stream()) => {
            let help = "write the type out: JSON does not say which it is";
            diagnostics.error(&argument.ty, "a `json` plan cannot be generic", help);
        }
        [FnArg::Typed(argument)] if matches!(*argument.ty, Type::Reference(_)) => {
            diagnostics.error(&argument.ty, "a `json` plan takes its argument by value", help);
        }
        [_] => {}
        _ => diagnostics.error(&clause.key, "a `json` plan takes one argument", help),
    }
}

/// Whether there is an `impl` in a type, however deep.
fn is_opaque(ty: TokenStream) -> bool {
    ty.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "impl",
        TokenTree::Group(group) => is_opaque(group.stream()),
        _ => false,
    })
}

/// Tells catalogues of the function.
pub(super) fn registration(model: &Model) -> Option<TokenStream> {
    let clause = model.clauses.get("json")?;
    if model.function.sig.inputs.len() != 1 || !cfg!(feature = "catalog") {
        return None;
    }
    let span = at(clause.key.span());
    let (name, tag, kind) = (&model.function.sig.ident, &model.tag, model.kind.attribute());
    let c = quote_spanned!(span=> ::ductape::catalog::__private::v0_1);
    Some(quote_spanned! {span=>
        const _: () = {
            #c::inventory::submit! {
                #c::JsonPlan::new(#tag, #kind, |__input| {
                    #c::run_json(#tag, __input, |__argument| async move {
                        use #c::{ToldByError as _, ToldByValue as _};
                        match #c::asked(#name(__argument)).await {
                            (#c::Ok(__value), __rest) => #c::Value(__value).told(#tag, __rest),
                            (#c::Err(__error), _) => #c::Failed(__error).told(#tag),
                        }
                    })
                })
            }
        };
    })
}
