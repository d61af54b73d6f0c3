//! Lets scripts of tests fail with errors of a plan's own type.
//!
//! A boxed error can be taken out of its box only where its type is known to own what it holds. No lookup can ask that of
//! a type, so here it is judged by how the type is written. Without the runtime's feature `testing` it comes to nothing.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{GenericParam, Generics};

/// What is said of the view of a function's errors, unless what it `returns` may borrow.
pub(crate) fn scripted(span: Span, returns: &impl ToTokens, generics: &Generics) -> TokenStream {
    if owns(returns.to_token_stream(), generics) {
        quote_spanned!(span=> .scripted(__form.error_type().forge()))
    } else {
        TokenStream::new()
    }
}

/// Whether nothing in the type can borrow, as far as it is written out.
fn owns(tokens: TokenStream, generics: &Generics) -> bool {
    tokens.into_iter().all(|tree| match tree {
        TokenTree::Punct(punct) => !matches!(punct.as_char(), '&' | '\''),
        TokenTree::Ident(word) => word != "Self" && !generics.params.iter().any(|param| is_named(param, &word)),
        TokenTree::Group(group) => owns(group.stream(), generics),
        TokenTree::Literal(_) => true,
    })
}

fn is_named(param: &GenericParam, word: &Ident) -> bool {
    matches!(param, GenericParam::Type(param) if param.ident == *word)
}
