//! What stands above a block? Its marker, its documentation, and attributes that are handed on.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::quote;
use syn::Meta;

use super::{Block, Marker, Markers};
use crate::clause::source;
use crate::diagnostics::{Diagnostics, list, nearest};
use crate::function::{MARKERS, inner_attributes_of, marker_of};

/// A block in braces with the attributes above it; its marker is the one nearest to it.
pub(super) fn read(attributes: &[Group], braces: &Group, diagnostics: &mut Diagnostics) -> Block {
    let (attrs, braces) = inner_attributes_of(braces);
    let mut block = Block { marker: None, docs: Vec::new(), attrs, braces, stands_in: false };
    let nearest = attributes.iter().rposition(|attribute| marker_of(attribute).is_some());
    for (at, attribute) in attributes.iter().enumerate() {
        match marker_of(attribute) {
            Some(name) if nearest == Some(at) => block.marker = Some(marker(name, attribute, diagnostics)),
            Some(name) => {
                let written = source(&attribute.stream());
                let help = format_args!("write `#[{written}] {{ … }}`, or leave it out: a block has one marker");
                diagnostics.error(&name, format_args!("`#[{name}]` has no block"), help);
            }
            None => other(attribute, &mut block, diagnostics),
        }
    }
    block
}

/// What Rust itself allows above a block.
const OF_RUST: [&str; 8] = ["allow", "cfg", "cfg_attr", "deny", "doc", "expect", "forbid", "warn"];

/// Puts the marker that was meant in the place of one that does not exist; whether it is known which one that is.
pub(super) fn correct(attributes: &mut [Group], markers: &Markers, diagnostics: &mut Diagnostics) -> bool {
    if attributes.iter().any(|attribute| marker_of(attribute).is_some()) {
        return true;
    }
    for attribute in attributes {
        let trees: Vec<_> = attribute.stream().into_iter().collect();
        if let Some(without) = without_path(&trees) {
            let right = source(&without.iter().cloned().collect());
            let message = "the marker of a block has no path";
            diagnostics.error(attribute.stream(), message, format_args!("write `#[{right}]`"));
            replace(attribute, without.iter().cloned().collect());
            return true;
        }
        let [TokenTree::Ident(word), rest @ ..] = trees.as_slice() else { continue };
        let is_path = matches!(rest, [TokenTree::Punct(colon), ..] if colon.as_char() == ':');
        if is_path || OF_RUST.iter().any(|known| word == known) {
            continue;
        }
        let meant = nearest(&word.to_string(), MARKERS);
        let help = match meant {
            Some(meant) => format!("write `#[{meant}{}]`", source(&rest.iter().cloned().collect())),
            None => format!("the markers of blocks are {} here", list(markers.all.iter().copied(), "and")),
        };
        let Some(marker) = meant.or(markers.usual) else { continue };
        diagnostics.error(word, format_args!("unknown marker `{word}`"), help);
        let marker = TokenTree::from(Ident::new(marker, word.span()));
        let corrected = std::iter::once(marker).chain(rest.iter().cloned()).collect();
        replace(attribute, corrected);
        return meant.is_some();
    }
    true
}

/// `fallback("c")` of `ductape::fallback("c")`.
fn without_path(trees: &[TokenTree]) -> Option<&[TokenTree]> {
    match trees {
        [TokenTree::Ident(first), TokenTree::Punct(_), TokenTree::Punct(_), marker @ ..] if first == "ductape" => {
            let is_marker = matches!(marker, [TokenTree::Ident(word), ..] if MARKERS.iter().any(|known| word == known));
            is_marker.then_some(marker)
        }
        _ => None,
    }
}

fn replace(attribute: &mut Group, content: TokenStream) {
    let mut corrected = Group::new(Delimiter::Bracket, content);
    corrected.set_span(attribute.span());
    *attribute = corrected;
}

fn marker(name: Ident, brackets: &Group, diagnostics: &mut Diagnostics) -> Marker {
    let mut content = brackets.stream().into_iter().skip(1);
    let (first, second, third) = (content.next(), content.next(), content.next());
    let arguments = match (&first, &second, &third) {
        (None, ..) => TokenStream::new(),
        (Some(TokenTree::Group(arguments)), None, _) if arguments.delimiter() == Delimiter::Parenthesis => {
            arguments.stream()
        }
        (first, second, third) => {
            let meant = match (first, second, third) {
                (Some(TokenTree::Group(arguments)), None, _) => arguments.stream(),
                // `#[primary = "stripe"]` is a name; the others have none.
                (Some(TokenTree::Punct(_)), Some(TokenTree::Literal(name)), None) => quote!(#name),
                _ => TokenStream::new(),
            };
            let right = match (name.to_string().as_str(), meant.is_empty()) {
                ("reconcile", _) => "after = \"500ms\"".to_owned(),
                ("degrade", _) => "timeout = \"1s\"".to_owned(),
                (_, true) => "…".to_owned(),
                (_, false) => meant.to_string(),
            };
            let message = format_args!("`#[{name}]` takes its clauses in parentheses");
            diagnostics.error(brackets.stream(), message, format_args!("write `#[{name}({right})]`"));
            if name == "reconcile" || name == "degrade" { TokenStream::new() } else { meant }
        }
    };
    Marker { name, arguments }
}

fn other(brackets: &Group, block: &mut Block, diagnostics: &mut Diagnostics) {
    let content = brackets.stream();
    let Ok(meta) = syn::parse2::<Meta>(content.clone()) else {
        block.attrs.extend(quote!(#[#content]));
        return;
    };
    if meta.path().is_ident("cfg") || meta.path().is_ident("cfg_attr") {
        let help = "write `when(cfg!(…))` among the provider's clauses";
        diagnostics.error(&content, "a block cannot be compiled conditionally", help);
    } else if let Some(line) = doc(&meta) {
        block.docs.push(line);
    } else {
        block.attrs.extend(quote!(#[#content]));
    }
}

/// The text of a doc comment's line.
pub(crate) fn doc(meta: &Meta) -> Option<String> {
    let Meta::NameValue(pair) = meta else { return None };
    match &pair.value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) if pair.path.is_ident("doc") => {
            Some(text.value())
        }
        _ => None,
    }
}
