//! Has another attribute been here before? Then neither signature nor body are those that the user wrote.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{ReturnType, Token};

use crate::clause::source;
use crate::diagnostics::Diagnostics;
use crate::function::{Function, Subject};
use crate::returns::{future_output, is_boxed_future};

/// Whether the function is as it was written, and is meant to be `async`; what is not, is reported.
pub(crate) fn is_untouched(subject: &Subject, function: &mut Function, diagnostics: &mut Diagnostics) -> bool {
    let attribute = subject.attribute;
    if is_boxed_future(&function.sig) {
        async_trait(subject, function.sig.fn_token, diagnostics);
    } else if let Some(other) = rewritten_by(function) {
        let message = format_args!("another attribute has rewritten this body before `#[{attribute}]` could read it");
        diagnostics.error(&function.sig.ident, message, format_args!("put `#[{attribute}]` above `#[{other}]`"));
    } else {
        return !returns_a_future(subject, function, diagnostics);
    }
    false
}

/// What `#[async_trait]` makes of a method is no `async fn` any more.
pub(crate) fn async_trait(subject: &Subject, at: impl ToTokens, diagnostics: &mut Diagnostics) {
    let attribute = subject.attribute;
    let help = format_args!(
        "write a native `async fn` in the trait, or call the {}, as an inherent method, from the trait's method",
        subject.noun,
    );
    diagnostics.error(at, format_args!("`#[{attribute}]` does not go together with `#[async_trait]`"), help);
}

/// The attribute of which the body shows that it wrote it.
fn rewritten_by(function: &Function) -> Option<&'static str> {
    let body = function.body.stream();
    if has_word(&body, &|word| word.starts_with("__tracing_")) {
        return Some("tracing::instrument");
    }
    let blocks = function.sig.asyncness.is_none() && has_word(&body, &|word| word == "block_on");
    let begins = body.into_iter().take(4).map(|tree| tree.to_string()).eq(["let", "body", "=", "async"]);
    let is_test = function
        .attrs
        .iter()
        .any(|attribute| attribute.path().segments.last().is_some_and(|segment| segment.ident == "test"));
    (blocks && begins).then_some(if is_test { "tokio::test" } else { "tokio::main" })
}

fn has_word(tokens: &TokenStream, is_it: &impl Fn(&str) -> bool) -> bool {
    tokens.clone().into_iter().any(|tree| match tree {
        TokenTree::Ident(word) => is_it(&word.to_string()),
        TokenTree::Group(group) => has_word(&group.stream(), is_it),
        _ => false,
    })
}

/// `fn f() -> impl Future<Output = R>` is `async fn f() -> R` written by hand, its body included: callers get the latter.
fn returns_a_future(subject: &Subject, function: &mut Function, diagnostics: &mut Diagnostics) -> bool {
    let sig = &mut function.sig;
    let ReturnType::Type(_, returns) = &mut sig.output else { return false };
    let Some(output) = future_output(returns).filter(|_| sig.asyncness.is_none()) else { return false };
    let message = format_args!("`#[{}]` needs an `async fn`", subject.attribute);
    let output_shown = source(&output.to_token_stream());
    let help = format_args!("write `async fn {}(…) -> {output_shown}`", sig.ident);
    diagnostics.error(&*returns, message, help);
    **returns = output;
    sig.asyncness = Some(Token![async](Span::mixed_site().located_at(sig.fn_token.span)));
    true
}
