//! The signature: an `async fn` that returns what a plan can return.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{GenericArgument, PathArguments, ReturnType, Token, Type};

use crate::clause::source;
use crate::diagnostics::Diagnostics;
use crate::function::Function;
use crate::paths::private;
use crate::plan::Kind;

const RETURNS: &str = "write `-> ductape::Result<T, E>`, or `-> ductape::Result<Outcome<T>, E>` to learn how it went";

/// What cannot be a `Result`, whatever it is imported from.
const NO_RESULTS: [&str; 26] = [
    "Option", "String", "Vec", "Box", "Pin", "Arc", "Rc", "HashMap", "BTreeMap", "Duration", "str", "bool", "char",
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "isize", "f32", "f64",
];

/// Whether `#[async_trait]` has been here before: then neither signature nor body are those that the user wrote.
pub(super) fn is_foreign(kind: Kind, function: &Function, diagnostics: &mut Diagnostics) -> bool {
    let foreign = expanded_async_trait(function);
    if foreign {
        async_trait(kind, function.sig.fn_token, diagnostics);
    }
    foreign
}

/// The return type; `None` where there is none to which a body could be lowered.
///
/// What else is wrong is mended in the signature itself.
pub(super) fn check(kind: Kind, function: &mut Function, diagnostics: &mut Diagnostics) -> Option<Type> {
    let attribute = function.attrs.iter().find(|attribute| is_async_trait(attribute.path()));
    if let Some(attribute) = attribute {
        async_trait(kind, attribute, diagnostics);
    }
    function.attrs.retain(|attribute| !is_async_trait(attribute.path()));
    qualifiers(kind, function, diagnostics);
    returns(function, diagnostics)
}

fn is_async_trait(path: &syn::Path) -> bool {
    path.segments.last().is_some_and(|segment| segment.ident == "async_trait")
}

/// Not `async`, and returns `Pin<Box<dyn Future<…>>>`.
fn expanded_async_trait(function: &Function) -> bool {
    let ReturnType::Type(_, returns) = &function.sig.output else { return false };
    function.sig.asyncness.is_none()
        && last_segment(returns).is_some_and(|segment| segment.ident == "Pin")
        && returns.to_token_stream().to_string().contains("Future")
}

fn async_trait(kind: Kind, at: impl ToTokens, diagnostics: &mut Diagnostics) {
    let attribute = kind.attribute();
    let help =
        "write a native `async fn` in the trait, or call the plan, as an inherent method, from the trait's method";
    diagnostics.error(at, format_args!("`#[{attribute}]` does not go together with `#[async_trait]`"), help);
}

fn qualifiers(kind: Kind, function: &mut Function, diagnostics: &mut Diagnostics) {
    let attribute = kind.attribute();
    let sig = &mut function.sig;
    // What cannot be `async` either needs to be said once.
    let mut said = false;
    if let Some(keyword) = sig.constness.take() {
        diagnostics.error(keyword, "a plan cannot be a `const fn`", "write `async fn` without `const`");
        said = true;
    }
    if let Some(abi) = sig.abi.take() {
        diagnostics.error(abi, "a plan cannot be an `extern` function", "write `async fn` without `extern`");
        said = true;
    }
    if sig.asyncness.is_none() {
        if !said {
            diagnostics.error(sig.fn_token, format_args!("`#[{attribute}]` needs an `async fn`"), "write `async fn`");
        }
        sig.asyncness = Some(Token![async](Span::mixed_site().located_at(sig.fn_token.span)));
    }
}

fn returns(function: &mut Function, diagnostics: &mut Diagnostics) -> Option<Type> {
    let ReturnType::Type(_, returns) = &mut function.sig.output else {
        diagnostics.error(&function.sig.ident, "a plan returns something", RETURNS);
        return None;
    };
    if let Some(opaque) = box_impl(returns) {
        let help = "name the type, or box it: `Box<dyn Trait>`";
        diagnostics.error(opaque, "a plan cannot return an `impl Trait`", help);
        return None;
    }
    if is_no_result(returns) {
        let message = format_args!("a plan cannot return `{}`", source(&returns.to_token_stream()));
        diagnostics.error(&returns, message, RETURNS);
        return None;
    }
    Some(Type::clone(returns))
}

fn is_no_result(returns: &Type) -> bool {
    match returns {
        Type::Path(_) => last_segment(returns).is_some_and(|last| NO_RESULTS.iter().any(|known| last.ident == known)),
        // What only the compiler can tell is left to it.
        Type::Macro(_) | Type::Group(_) | Type::Paren(_) | Type::Verbatim(_) => false,
        _ => true,
    }
}

fn last_segment(of: &Type) -> Option<&syn::PathSegment> {
    let Type::Path(of) = of else { return None };
    of.path.segments.last()
}

/// Boxes every `impl Trait` in a type, so that a body that never ends has that type; gives the first of them.
fn box_impl(within: &mut Type) -> Option<TokenStream> {
    match within {
        Type::ImplTrait(opaque) => {
            let written = opaque.to_token_stream();
            let bounds = &opaque.bounds;
            let p = private(Span::mixed_site());
            *within = Type::Verbatim(quote!(#p::Box<dyn #bounds>));
            Some(written)
        }
        Type::Reference(inner) => box_impl(&mut inner.elem),
        Type::Paren(inner) => box_impl(&mut inner.elem),
        Type::Group(inner) => box_impl(&mut inner.elem),
        Type::Slice(inner) => box_impl(&mut inner.elem),
        Type::Array(inner) => box_impl(&mut inner.elem),
        Type::Tuple(inner) => first(inner.elems.iter_mut().map(box_impl)),
        Type::Path(path) => first(path.path.segments.iter_mut().map(|segment| {
            let PathArguments::AngleBracketed(arguments) = &mut segment.arguments else { return None };
            first(arguments.args.iter_mut().map(|argument| match argument {
                GenericArgument::Type(inner) => box_impl(inner),
                _ => None,
            }))
        })),
        _ => None,
    }
}

/// The first that was found, after all have been looked for.
fn first(found: impl Iterator<Item = Option<TokenStream>>) -> Option<TokenStream> {
    found.fold(None, Option::or)
}
