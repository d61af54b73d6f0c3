//! What does a function return? As far as the tokens of its return type say it.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{GenericArgument, PathArguments, ReturnType, Signature, Type};

use crate::paths::private;

/// What cannot be a `Result`, whatever it is imported from.
const NO_RESULTS: [&str; 26] = [
    "Option", "String", "Vec", "Box", "Pin", "Arc", "Rc", "HashMap", "BTreeMap", "Duration", "str", "bool", "char",
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "isize", "f32", "f64",
];

/// Whether a type can be no `Result`, as far as can be told by its name.
pub(crate) fn is_no_result(returns: &Type) -> bool {
    match returns {
        Type::Path(_) => last_segment(returns).is_some_and(|last| NO_RESULTS.iter().any(|known| last.ident == known)),
        // What only the compiler can tell is left to it.
        Type::Macro(_) | Type::Group(_) | Type::Paren(_) | Type::Verbatim(_) => false,
        _ => true,
    }
}

/// What `#[async_trait]` makes: not `async`, and returns `Pin<Box<dyn Future<…>>>`.
pub(crate) fn is_boxed_future(sig: &Signature) -> bool {
    let ReturnType::Type(_, returns) = &sig.output else { return false };
    sig.asyncness.is_none()
        && last_segment(returns).is_some_and(|segment| segment.ident == "Pin")
        && returns.to_token_stream().to_string().contains("Future")
}

fn last_segment(of: &Type) -> Option<&syn::PathSegment> {
    let Type::Path(of) = of else { return None };
    of.path.segments.last()
}

/// Boxes every `impl Trait` in a type, so that a body that never ends has that type; gives the first of them.
pub(crate) fn box_impl(within: &mut Type) -> Option<TokenStream> {
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
