//! What is the attribute on? A function whose body is still tokens: it may be half written, and is the user's own.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Signature, Token, Visibility};

use crate::clause::source;
use crate::diagnostics::Diagnostics;

/// What an attribute makes of a function: for messages.
pub(crate) struct Subject {
    pub(crate) attribute: &'static str,
    pub(crate) noun: &'static str,
    /// For help: what the function returns.
    pub(crate) returns: &'static str,
}

/// A function, its body not yet parsed.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    /// In braces.
    pub(crate) body: Group,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let sig = input.parse()?;
        if input.peek(Token![;]) {
            return Err(input.error("this function has no body\nhelp: put the attribute on the function in the `impl`"));
        }
        match input.parse()? {
            TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => Ok(Self { attrs, vis, sig, body }),
            other => Err(syn::Error::new(other.span(), "expected the body of the function")),
        }
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attrs, vis, sig, body } = self;
        tokens.extend(quote!(#(#attrs)* #vis #sig #body));
    }
}

/// The function; or, with an error, the item as it is, without the markers that nothing would understand any more.
pub(crate) fn parse(attribute: &str, item: TokenStream) -> Result<Function, TokenStream> {
    let item = unwrap_groups(item);
    let error = match parse_located(item.clone()) {
        Ok(function) => return Ok(function),
        Err(error) => error,
    };
    let mut diagnostics = Diagnostics::default();
    if has_fn(&item) {
        diagnostics.parse(error);
    } else {
        let message = format_args!("`#[{attribute}]` belongs on an `async fn`");
        diagnostics.error(keyword(&item), message, "put the attribute on a function, not on another item");
    }
    let mut tokens = without_markers(item, markers_of(attribute));
    tokens.extend(diagnostics.into_tokens());
    Err(tokens)
}

pub(crate) const ATTRIBUTES: [&str; 6] = ["fallback", "quota", "action", "workflow", "partial", "healthcheck"];

/// Whether no other attribute of ours is on the function; reports and removes those that are.
///
/// Where there is one, nobody knows which of them the body was written for.
pub(crate) fn alone(attribute: &str, function: &mut Function, diagnostics: &mut Diagnostics) -> bool {
    let before = function.attrs.len();
    function.attrs.retain(|other| {
        let path = other.path();
        let first = path.segments.first().is_some_and(|segment| segment.ident == "ductape");
        let ours = |word: &Ident| ATTRIBUTES.iter().any(|known| word == known);
        let is_ours = path.segments.len() == if first { 2 } else { 1 }
            && path.segments.last().is_some_and(|segment| ours(&segment.ident));
        if is_ours {
            let other = source(&path.to_token_stream());
            let article = if attribute == "action" { "an" } else { "a" };
            let message = format_args!("this function is {article} `#[{attribute}]` already");
            diagnostics.error(path, message, format_args!("leave `#[{attribute}]` or `#[{other}]` out"));
        }
        !is_ours
    });
    function.attrs.len() == before
}

/// Parses so that an error at the end points to the last token, and not to the attribute.
fn parse_located(item: TokenStream) -> syn::Result<Function> {
    let end = item.clone().into_iter().last().map(|last| last.span());
    let mut whole = Group::new(Delimiter::Brace, item);
    if let Some(end) = end {
        whole.set_span(end);
    }
    let parser = |input: ParseStream<'_>| {
        let content;
        syn::braced!(content in input);
        content.parse()
    };
    parser.parse2(whole.into_token_stream())
}

/// Takes single tokens and blocks out of the invisible groups that `macro_rules` fragments arrive in.
///
/// Only at this level: a group that is built anew loses the spans of its delimiters.
pub(crate) fn unwrap_groups(tokens: TokenStream) -> TokenStream {
    tokens.into_iter().map(unwrap_group).collect()
}

fn unwrap_group(tree: TokenTree) -> TokenTree {
    let TokenTree::Group(group) = &tree else { return tree };
    if group.delimiter() != Delimiter::None {
        return tree;
    }
    let mut content = group.stream().into_iter();
    match (content.next(), content.next()) {
        (Some(inner), None) => unwrap_group(inner),
        _ => tree,
    }
}

fn has_fn(item: &TokenStream) -> bool {
    item.clone().into_iter().any(|tree| matches!(tree, TokenTree::Ident(word) if word == "fn"))
}

/// The word that says what an item is.
fn keyword(item: &TokenStream) -> TokenStream {
    const KEYWORDS: [&str; 11] =
        ["struct", "enum", "union", "impl", "trait", "mod", "static", "const", "type", "use", "macro_rules"];
    let is_keyword =
        |tree: &TokenTree| matches!(tree, TokenTree::Ident(word) if KEYWORDS.iter().any(|known| word == known));
    item.clone().into_iter().find(is_keyword).map_or_else(|| item.clone(), TokenTree::into_token_stream)
}

/// The markers of blocks.
pub(crate) const MARKERS: [&str; 5] = ["primary", "provider", "fallback", "reconcile", "degrade"];

/// The markers in the body of a function with this attribute.
fn markers_of(attribute: &str) -> &'static [&'static str] {
    if matches!(attribute, "workflow" | "partial") { &STEPS } else { &MARKERS }
}

/// The markers of statements.
pub(crate) const STEPS: [&str; 3] = ["step", "undo", "part"];

/// The marker of a block that an attribute's brackets hold.
pub(crate) fn marker_of(brackets: &Group) -> Option<Ident> {
    one_of(&MARKERS, brackets)
}

/// The marker, one of these, that an attribute's brackets hold.
pub(crate) fn one_of(markers: &[&str], brackets: &Group) -> Option<Ident> {
    let mut content = brackets.stream().into_iter();
    let (Some(TokenTree::Ident(word)), next) = (content.next(), content.next()) else { return None };
    // `#[primary::path]` is somebody else's.
    let alone = !matches!(next, Some(TokenTree::Punct(colon)) if colon.as_char() == ':');
    (alone && brackets.delimiter() == Delimiter::Bracket && markers.iter().any(|marker| word == marker)).then_some(word)
}

/// Removes the markers, those in inner groups included.
pub(crate) fn without_markers(tokens: TokenStream, markers: &[&str]) -> TokenStream {
    let mut kept = TokenStream::new();
    let mut trees = tokens.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match (tree, trees.peek()) {
            (TokenTree::Punct(hash), Some(TokenTree::Group(brackets)))
                if hash.as_char() == '#' && one_of(markers, brackets).is_some() =>
            {
                trees.next();
            }
            (TokenTree::Group(group), _) => {
                let mut inner = Group::new(group.delimiter(), without_markers(group.stream(), markers));
                inner.set_span(group.span());
                kept.extend([TokenTree::from(inner)]);
            }
            (tree, _) => kept.extend([tree]),
        }
    }
    kept
}

/// Divides the inner attributes off a body's head, as outer ones: nothing may stand before them.
pub(crate) fn inner_attributes(body: TokenStream) -> (TokenStream, TokenStream) {
    let mut rest = body;
    let mut attributes = TokenStream::new();
    loop {
        let mut trees = rest.clone().into_iter();
        match (trees.next(), trees.next(), trees.next()) {
            (Some(TokenTree::Punct(hash)), Some(TokenTree::Punct(bang)), Some(TokenTree::Group(brackets)))
                if hash.as_char() == '#' && bang.as_char() == '!' && brackets.delimiter() == Delimiter::Bracket =>
            {
                attributes.extend(quote!(#hash #brackets));
                rest = trees.collect();
            }
            _ => return (attributes, rest),
        }
    }
}

/// The same for a block in braces, which is left as it is where there are none.
pub(crate) fn inner_attributes_of(braces: &Group) -> (TokenStream, Group) {
    let (attributes, rest) = inner_attributes(braces.stream());
    if attributes.is_empty() {
        return (attributes, braces.clone());
    }
    let mut inner = Group::new(braces.delimiter(), rest);
    inner.set_span(braces.span());
    (attributes, inner)
}
