//! The signature: what a probing function may look like, and what it probes.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{FnArg, GenericParam, ReturnType, Safety, Signature, Token, Type};

use crate::clause::source;
use crate::diagnostics::Diagnostics;
use crate::function::Function;
use crate::returns::is_no_result;

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
    qualifiers(sig, diagnostics);
    // Lifetimes are those of what is borrowed.
    let generic = sig.generics.params.iter().any(|parameter| !matches!(parameter, GenericParam::Lifetime(_)));
    if generic {
        diagnostics.error(&sig.generics, "a healthcheck cannot be generic: it is one static", FORMS);
    }
    let returns = returns_a_result(sig, diagnostics);
    match argument(sig, diagnostics) {
        Form::Sound(_) if generic => Form::Unsound(Probed::Nothing),
        Form::Sound(probed) if !returns => Form::Unsound(probed),
        form => form,
    }
}

fn qualifiers(sig: &mut Signature, diagnostics: &mut Diagnostics) {
    // What cannot be `async` either needs to be said once.
    let mut said = false;
    if let Some(keyword) = sig.constness.take() {
        diagnostics.error(keyword, "a healthcheck cannot be a `const fn`", FORMS);
        said = true;
    }
    if let Some(abi) = sig.abi.take() {
        diagnostics.error(abi, "a healthcheck cannot be an `extern` function", FORMS);
        said = true;
    }
    if let Safety::Unsafe(keyword) = std::mem::replace(&mut sig.safety, Safety::Default) {
        diagnostics.error(keyword, "a healthcheck cannot be an `unsafe` function", FORMS);
        said = true;
    }
    if sig.asyncness.is_none() {
        if !said {
            diagnostics.error(sig.fn_token, "`#[healthcheck]` needs an `async fn`", FORMS);
        }
        sig.asyncness = Some(Token![async](Span::mixed_site().located_at(sig.fn_token.span)));
    }
}

fn returns_a_result(sig: &Signature, diagnostics: &mut Diagnostics) -> bool {
    match &sig.output {
        ReturnType::Default => diagnostics.error(&sig.ident, "a healthcheck returns a `Result`", FORMS),
        ReturnType::Type(_, returns) if is_no_result(returns) => {
            let message = format_args!("a healthcheck cannot return `{}`", source(&returns.to_token_stream()));
            diagnostics.error(returns, message, FORMS);
        }
        ReturnType::Type(..) => return true,
    }
    false
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
    let (borrowed, shared) = match given {
        Type::Reference(reference) => (&*reference.elem, reference.mutability.is_none()),
        other => (other, false),
    };
    let probes = || {
        if is_impl(borrowed) || is_unsized(borrowed) {
            Probed::Nothing
        } else {
            Probed::Borrowed(Box::new(borrowed.clone()))
        }
    };
    if let Some(second) = arguments.next() {
        diagnostics.error(second, "a healthcheck has at most one argument", FORMS);
    } else if !shared || is_impl(borrowed) {
        let help = format_args!("write `{}`", shared_form(sig, borrowed));
        diagnostics.error(given, "the argument of a healthcheck is a shared reference", help);
    } else if is_unsized(borrowed) {
        let help = match borrowed {
            Type::TraitObject(_) => format!("write `&Box<{}>`", source(&borrowed.to_token_stream())),
            _ => "write `&Client`, where `Client` is a struct that holds it".to_owned(),
        };
        diagnostics.error(given, "a healthcheck borrows a sized type", help);
    } else if let Some(lifetime) = lifetime(borrowed.to_token_stream()) {
        let help = "write `'static`, or leave it out: what is bound lives as long as the program";
        diagnostics.error(lifetime, "a healthcheck borrows no type with a lifetime of its own", help);
        return Form::Unsound(Probed::Nothing);
    } else {
        return Form::Sound(probes());
    }
    Form::Unsound(probes())
}

/// A lifetime in a type, other than `'static`.
fn lifetime(tokens: TokenStream) -> Option<TokenStream> {
    let mut trees = tokens.into_iter().peekable();
    while let Some(tree) = trees.next() {
        let found = match (&tree, trees.peek()) {
            (TokenTree::Punct(quote), Some(TokenTree::Ident(name)))
                if quote.as_char() == '\'' && name != "static" && name != "_" =>
            {
                Some(quote!(#quote #name))
            }
            (TokenTree::Group(group), _) => lifetime(group.stream()),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The function with its own argument, as a shared reference to a type that has a name.
fn shared_form(sig: &Signature, borrowed: &Type) -> String {
    let argument = match sig.inputs.first() {
        Some(FnArg::Typed(argument)) => source(&argument.pat.to_token_stream()),
        _ => "client".to_owned(),
    };
    let borrowed = if is_impl(borrowed) { "Client".to_owned() } else { source(&borrowed.to_token_stream()) };
    format!("async fn {}({}: &{borrowed})", sig.ident, argument.trim_start_matches("mut "))
}

/// Whether a type has no size known while compiling, as far as its tokens say so.
fn is_unsized(borrowed: &Type) -> bool {
    match borrowed {
        Type::Slice(_) | Type::TraitObject(_) => true,
        Type::Path(path) => path.path.is_ident("str"),
        Type::Paren(inner) => is_unsized(&inner.elem),
        Type::Group(inner) => is_unsized(&inner.elem),
        _ => false,
    }
}

fn is_impl(borrowed: &Type) -> bool {
    match borrowed {
        Type::ImplTrait(_) => true,
        Type::Paren(inner) => is_impl(&inner.elem),
        Type::Group(inner) => is_impl(&inner.elem),
        _ => false,
    }
}
