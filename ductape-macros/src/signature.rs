//! Is the signature one that can be lowered? An `async fn` that returns something, which has a name.

use proc_macro2::Span;
use quote::ToTokens;
use syn::{ReturnType, Token, Type};

use crate::clause::source;
use crate::diagnostics::Diagnostics;
use crate::foreign::async_trait;
use crate::function::{Function, Subject};
use crate::returns::{is_no_result, replace_impl};

/// The return type; `None` where there is none to which a body could be lowered.
///
/// What else is wrong is mended in the signature itself.
pub(crate) fn check(subject: &Subject, function: &mut Function, diagnostics: &mut Diagnostics) -> Option<Type> {
    let attribute = function.attrs.iter().find(|attribute| is_async_trait(attribute.path()));
    if let Some(attribute) = attribute {
        async_trait(subject, attribute, diagnostics);
    }
    function.attrs.retain(|attribute| !is_async_trait(attribute.path()));
    qualifiers(subject, function, diagnostics);
    returns(subject, function, diagnostics)
}

fn is_async_trait(path: &syn::Path) -> bool {
    path.segments.last().is_some_and(|segment| segment.ident == "async_trait")
}

fn qualifiers(subject: &Subject, function: &mut Function, diagnostics: &mut Diagnostics) {
    let Subject { attribute, noun, .. } = subject;
    let sig = &mut function.sig;
    // What cannot be `async` either needs to be said once.
    let mut said = false;
    if let Some(keyword) = sig.constness.take() {
        diagnostics.error(keyword, format_args!("a {noun} cannot be a `const fn`"), "write `async fn` without `const`");
        said = true;
    }
    if let Some(abi) = sig.abi.take() {
        diagnostics.error(
            abi,
            format_args!("a {noun} cannot be an `extern` function"),
            "write `async fn` without `extern`",
        );
        said = true;
    }
    if sig.asyncness.is_none() {
        if !said {
            diagnostics.error(sig.fn_token, format_args!("`#[{attribute}]` needs an `async fn`"), "write `async fn`");
        }
        sig.asyncness = Some(Token![async](Span::mixed_site().located_at(sig.fn_token.span)));
    }
}

fn returns(subject: &Subject, function: &mut Function, diagnostics: &mut Diagnostics) -> Option<Type> {
    let ReturnType::Type(_, returns) = &mut function.sig.output else {
        diagnostics.error(&function.sig.ident, format_args!("a {} returns something", subject.noun), subject.returns);
        return None;
    };
    if let Some(opaque) = replace_impl(returns) {
        let boxed = opaque.boxed.map(|boxed| format!(", or box it: `{boxed}`")).unwrap_or_default();
        let help = format_args!("name the type{boxed}");
        diagnostics.error(opaque.written, format_args!("a {} cannot return an `impl Trait`", subject.noun), help);
        return None;
    }
    if is_no_result(returns) {
        let message = format_args!("a {} cannot return `{}`", subject.noun, source(&returns.to_token_stream()));
        diagnostics.error(&returns, message, subject.returns);
        return None;
    }
    Some(Type::clone(returns))
}
