//! Where do the blocks with markers begin?

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::quote;
use syn::Meta;

use super::{Block, Marker, Part};
use crate::diagnostics::Diagnostics;
use crate::function::{inner_attributes_of, marker_of, unwrap_groups};

/// Divides a body, and reports markers and attributes that stand wrong.
pub(crate) fn split(body: TokenStream, diagnostics: &mut Diagnostics) -> Vec<Part> {
    let trees: Vec<_> = unwrap_groups(body).into_iter().collect();
    let mut parts = Vec::new();
    let mut statements = Vec::new();
    let mut rest = trees.as_slice();
    while let Some((first, after_first)) = rest.split_first() {
        let (attributes, after) = attributes(rest);
        if !attributes.iter().any(|attribute| marker_of(attribute).is_some()) {
            let taken = if attributes.is_empty() { after_first } else { after };
            statements.extend(rest.iter().take(rest.len() - taken.len()).cloned());
            rest = taken;
            continue;
        }
        match after.split_first() {
            Some((TokenTree::Group(braces), after))
                if braces.delimiter() == Delimiter::Brace && ends_statement(statements.last()) =>
            {
                push_statements(&mut parts, &mut statements);
                parts.push(Part::Block(block(&attributes, braces, diagnostics)));
                rest = after;
            }
            // A plan inside a plan's body: `fallback` is an attribute of functions as well.
            Some(_) if begins_function(after) => {
                statements.push(first.clone());
                rest = after_first;
            }
            _ => {
                misplaced(&attributes, diagnostics);
                push_statements(&mut parts, &mut statements);
                parts.push(Part::Misplaced);
                rest = after;
            }
        }
    }
    push_statements(&mut parts, &mut statements);
    parts
}

fn push_statements(parts: &mut Vec<Part>, statements: &mut Vec<TokenTree>) {
    if !statements.is_empty() {
        parts.push(Part::Statements(std::mem::take(statements)));
    }
}

/// The outer attributes at the head of the tokens, and what follows them.
fn attributes(tokens: &[TokenTree]) -> (Vec<Group>, &[TokenTree]) {
    let mut found = Vec::new();
    let mut rest = tokens;
    while let [TokenTree::Punct(hash), TokenTree::Group(brackets), after @ ..] = rest {
        if hash.as_char() != '#' || brackets.delimiter() != Delimiter::Bracket {
            break;
        }
        found.push(brackets.clone());
        rest = after;
    }
    (found, rest)
}

/// Whether a statement can begin after this token.
fn ends_statement(last: Option<&TokenTree>) -> bool {
    match last {
        None => true,
        Some(TokenTree::Punct(punct)) => punct.as_char() == ';',
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
        Some(_) => false,
    }
}

fn begins_function(tokens: &[TokenTree]) -> bool {
    let head = tokens.iter().take_while(|tree| match tree {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Parenthesis,
        tree => !matches!(tree, TokenTree::Punct(_)),
    });
    head.into_iter().any(|tree| matches!(tree, TokenTree::Ident(word) if word == "fn"))
}

fn misplaced(attributes: &[Group], diagnostics: &mut Diagnostics) {
    for attribute in attributes {
        if let Some(marker) = marker_of(attribute) {
            let help = format_args!("write `#[{marker}] {{ … }}`, directly in the function's body");
            diagnostics.error(&marker, format_args!("`#[{marker}]` marks a block, and here is none"), help);
        }
    }
}

fn block(attributes: &[Group], braces: &Group, diagnostics: &mut Diagnostics) -> Block {
    let (attrs, braces) = inner_attributes_of(braces);
    let mut block = Block { marker: None, docs: Vec::new(), attrs, braces };
    for attribute in attributes {
        match marker_of(attribute) {
            Some(name) if block.marker.is_some() => {
                let help = "a block is one provider, or belongs to one: leave one marker out";
                diagnostics.error(&name, format_args!("`#[{name}]` is the second marker of this block"), help);
            }
            Some(name) => block.marker = Some(marker(name, attribute, diagnostics)),
            None => other(attribute, &mut block, diagnostics),
        }
    }
    block
}

fn marker(name: Ident, brackets: &Group, diagnostics: &mut Diagnostics) -> Marker {
    let mut content = brackets.stream().into_iter().skip(1);
    let arguments = match (content.next(), content.next()) {
        (None, _) => TokenStream::new(),
        (Some(TokenTree::Group(arguments)), None) if arguments.delimiter() == Delimiter::Parenthesis => {
            arguments.stream()
        }
        (_, literal) => {
            let arguments = TokenStream::from_iter(literal);
            let help = format_args!(
                "write `#[{name}({})]`",
                if arguments.is_empty() { "…".into() } else { arguments.to_string() }
            );
            diagnostics.error(brackets.stream(), format_args!("`#[{name}]` takes its clauses in parentheses"), help);
            arguments
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
