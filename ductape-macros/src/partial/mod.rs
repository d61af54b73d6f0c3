//! Partials: the body of a function, in which parts that follow one another are polled side by side.

mod beside;
mod groups;

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::paths::{at, private};
use crate::steps::{Body, Model, form, tokens_of};

pub(crate) use beside::own_bindings;

/// The statements of the function behind its definition.
pub(crate) fn run(model: &Model, body: &Body) -> TokenStream {
    let span = at(model.function.sig.ident.span());
    let p = private(span);
    let form = form(body, "partial");
    let block = groups::lowered(model, &body.block);
    let (statements, typing) = (tokens_of(&block.stmts), at(body.returns.span()));
    let typing_p = private(typing);
    let head = quote_spanned! {typing=>
        if let #typing_p::Some(__never) = __form.body() {
            return __never;
        }
    };
    // Of a body without a last expression it is said at its end that it has no value.
    let mut braces = Group::new(Delimiter::Brace, quote!(#head #statements));
    braces.set_span(at(model.function.body.span_close()));
    quote_spanned! {span=>
        #form
        let __partial = #p::Partial::begin(__plan);
        let __body = async #braces;
        let __body = __body.await;
        __partial.end(__body, &__form)
    }
}
