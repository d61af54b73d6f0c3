//! What does a function return? As far as the tokens of its return type say it.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{GenericArgument, PathArguments, ReturnType, Signature, Type, TypeParamBound};

use crate::clause::source;
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

/// The `R` of `impl Future<Output = R>`.
pub(crate) fn future_output(returns: &Type) -> Option<Type> {
    let Type::ImplTrait(opaque) = returns else { return None };
    opaque.bounds.iter().find_map(|bound| {
        let last = of_trait(bound)?;
        let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
        let output = arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(of) if of.ident == "Output" => Some(of.ty.clone()),
            _ => None,
        });
        output.filter(|_| last.ident == "Future")
    })
}

fn of_trait(bound: &TypeParamBound) -> Option<&syn::PathSegment> {
    if let TypeParamBound::Trait(bound) = bound { bound.path.segments.last() } else { None }
}

/// Traits of the standard library of which there is no `dyn`.
const NO_OBJECTS: [&str; 13] = [
    "Clone",
    "Copy",
    "Default",
    "Eq",
    "From",
    "Hash",
    "Into",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Sized",
    "TryFrom",
    "TryInto",
];

/// An `impl Trait` that has been replaced.
pub(crate) struct Opaque {
    pub(crate) written: TokenStream,
    /// As a user would write it; `None` where there is no such type.
    pub(crate) boxed: Option<String>,
}

/// Puts a box, or nothing, in the place of every `impl Trait` in a type, so that a body that never ends has that type;
/// gives the first of them.
pub(crate) fn replace_impl(within: &mut Type) -> Option<Opaque> {
    match within {
        Type::ImplTrait(opaque) => {
            let (written, bounds) = (opaque.to_token_stream(), &opaque.bounds);
            let unsized_for_all =
                |bound| of_trait(bound).is_none_or(|of| !NO_OBJECTS.iter().any(|known| of.ident == known));
            let has_object = bounds.iter().all(unsized_for_all) && !written.to_string().contains('_');
            let boxed = has_object.then(|| format!("Box<dyn {}>", source(&bounds.to_token_stream())));
            let p = private(Span::mixed_site());
            *within = Type::Verbatim(if has_object { quote!(#p::Box<dyn #bounds>) } else { quote!(()) });
            Some(Opaque { written, boxed })
        }
        Type::Reference(inner) => replace_impl(&mut inner.elem),
        Type::Paren(inner) => replace_impl(&mut inner.elem),
        Type::Group(inner) => replace_impl(&mut inner.elem),
        Type::Slice(inner) => replace_impl(&mut inner.elem),
        Type::Array(inner) => replace_impl(&mut inner.elem),
        Type::Tuple(inner) => first(inner.elems.iter_mut().map(replace_impl)),
        Type::Path(path) => first(path.path.segments.iter_mut().map(|segment| {
            let PathArguments::AngleBracketed(arguments) = &mut segment.arguments else { return None };
            first(arguments.args.iter_mut().map(|argument| match argument {
                GenericArgument::Type(inner) => replace_impl(inner),
                _ => None,
            }))
        })),
        _ => None,
    }
}

/// The first that was found, after all have been looked for.
fn first<T>(found: impl Iterator<Item = Option<T>>) -> Option<T> {
    found.fold(None, Option::or)
}
