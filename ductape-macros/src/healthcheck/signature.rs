//! The signature: what a probing function may look like, and what it probes.

use proc_macro2::Span;
use syn::{FnArg, ReturnType, Signature, Token, Type};

use crate::diagnostics::Diagnostics;
use crate::function::Function;

const FORMS: &str = "write `async fn check() -> Result<(), E>`, or `async fn check(client: &Client) -> Result<(), E>`";

/// What the function borrows.
pub(super) enum Probed {
    Nothing,
    Borrowed(Box<Type>),
}

/// How a function becomes a healthcheck.
pub(super) enum Form {
    Sound(Probed),
    /// The static is there, so that `healthcheck(…)` finds it, but never calls the function.
    Unsound(Probed),
    /// A method: no static can stand in its place.
    Method,
}

/// What else is wrong is mended in the signature itself.
pub(super) fn check(function: &mut Function, diagnostics: &mut Diagnostics) -> Form {
    let sig = &mut function.sig;
    let mut sound = true;
    if let Some(keyword) = sig.constness.take() {
        diagnostics.error(keyword, "a healthcheck cannot be a `const fn`", FORMS);
    }
    if let Some(abi) = sig.abi.take() {
        diagnostics.error(abi, "a healthcheck cannot be an `extern` function", FORMS);
    }
    if sig.asyncness.is_none() {
        diagnostics.error(sig.fn_token, "`#[healthcheck]` needs an `async fn`", FORMS);
        sig.asyncness = Some(Token![async](Span::mixed_site().located_at(sig.fn_token.span)));
    }
    if !sig.generics.params.is_empty() || sig.generics.where_clause.is_some() {
        diagnostics.error(&sig.generics, "a healthcheck cannot be generic: it is one static", FORMS);
        sound = false;
    }
    if matches!(sig.output, ReturnType::Default) {
        diagnostics.error(&sig.ident, "a healthcheck returns a `Result`", FORMS);
        sound = false;
    }
    match argument(sig, diagnostics) {
        Form::Sound(probed) if !sound => {
            let generic = !sig.generics.params.is_empty();
            Form::Unsound(if generic { Probed::Nothing } else { probed })
        }
        form => form,
    }
}

fn argument(sig: &Signature, diagnostics: &mut Diagnostics) -> Form {
    let mut arguments = sig.inputs.iter();
    let given = match arguments.next() {
        None => return Form::Sound(Probed::Nothing),
        Some(FnArg::Receiver(receiver)) => {
            diagnostics.error(receiver, "a healthcheck is a free function, without `self`", FORMS);
            return Form::Method;
        }
        Some(FnArg::Typed(argument)) => &*argument.ty,
    };
    let borrowed = match given {
        Type::Reference(reference) => &*reference.elem,
        other => other,
    };
    let shared = matches!(given, Type::Reference(reference) if reference.mutability.is_none() && !is_impl(borrowed));
    let probes = || if is_impl(borrowed) { Probed::Nothing } else { Probed::Borrowed(Box::new(borrowed.clone())) };
    if let Some(second) = arguments.next() {
        diagnostics.error(second, "a healthcheck has at most one argument", FORMS);
        return Form::Unsound(probes());
    }
    if !shared {
        diagnostics.error(given, "the argument of a healthcheck is a shared reference", FORMS);
        return Form::Unsound(probes());
    }
    Form::Sound(probes())
}

fn is_impl(borrowed: &Type) -> bool {
    match borrowed {
        Type::ImplTrait(_) => true,
        Type::Paren(inner) => is_impl(&inner.elem),
        Type::Group(inner) => is_impl(&inner.elem),
        _ => false,
    }
}
