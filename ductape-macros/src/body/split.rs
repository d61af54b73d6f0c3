//! Where do the blocks with markers begin?

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::misplaced::{meant, nested};
use super::{Block, Markers, Part, block};
use crate::diagnostics::Diagnostics;
use crate::function::{marker_of, unwrap_groups};

/// Divides a body, and reports markers and attributes that stand wrong.
pub(crate) fn split(body: TokenStream, markers: &Markers, diagnostics: &mut Diagnostics) -> Vec<Part> {
    let trees: Vec<_> = unwrap_groups(body).into_iter().collect();
    let mut parts = Vec::new();
    let mut statements = Vec::new();
    let mut rest = trees.as_slice();
    while let Some((first, after_first)) = rest.split_first() {
        let (mut attributes, after) = attributes(rest);
        let braces = after.first().and_then(as_block).filter(|_| ends_statement(statements.last()));
        if braces.is_some() && !block::correct(&mut attributes, markers, diagnostics) {
            parts.push(Part::Misplaced);
        }
        if !attributes.iter().any(|attribute| marker_of(attribute).is_some()) {
            let taken = if attributes.is_empty() { after_first } else { after };
            statements.extend(rest.iter().take(rest.len() - taken.len()).cloned());
            rest = taken;
        } else if let Some(braces) = braces {
            push_statements(&mut parts, &mut statements, diagnostics);
            push_block(&mut parts, &attributes, braces, false, diagnostics);
            rest = after.get(1..).unwrap_or_default();
        } else if is_plan(&attributes, after) {
            statements.push(first.clone());
            rest = after_first;
        } else {
            push_statements(&mut parts, &mut statements, diagnostics);
            let (braces, after) = meant(&attributes, after, diagnostics);
            match braces {
                Some(braces) => push_block(&mut parts, &attributes, &braces, true, diagnostics),
                None => parts.push(Part::Misplaced),
            }
            rest = after;
        }
    }
    push_statements(&mut parts, &mut statements, diagnostics);
    parts
}

fn push_statements(parts: &mut Vec<Part>, statements: &mut Vec<TokenTree>, diagnostics: &mut Diagnostics) {
    let statements = std::mem::take(statements);
    if let Some(without) = nested(&statements, diagnostics) {
        parts.extend([Part::Misplaced, Part::Statements(without)]);
    } else if !statements.is_empty() {
        parts.push(Part::Statements(statements));
    }
}

fn push_block(
    parts: &mut Vec<Part>,
    attributes: &[Group],
    braces: &Group,
    stands_in: bool,
    diagnostics: &mut Diagnostics,
) {
    let mut block = Block { stands_in, ..block::read(attributes, braces, diagnostics) };
    if attributes.iter().filter_map(marker_of).count() > 1 {
        parts.push(Part::Misplaced);
    }
    let trees: Vec<_> = block.braces.stream().into_iter().collect();
    if let Some(without) = nested(&trees, diagnostics) {
        block.braces = Group::new(Delimiter::Brace, without.into_iter().collect());
        block.braces.set_span(braces.span());
        parts.push(Part::Misplaced);
    }
    parts.push(Part::Block(block));
}

/// The outer attributes at the head of the tokens, and what follows them.
pub(super) fn attributes(tokens: &[TokenTree]) -> (Vec<Group>, &[TokenTree]) {
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

pub(super) fn as_block(tree: &TokenTree) -> Option<&Group> {
    match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
        _ => None,
    }
}

/// Whether a statement can begin after this token.
pub(super) fn ends_statement(last: Option<&TokenTree>) -> bool {
    match last {
        None => true,
        Some(TokenTree::Punct(punct)) => punct.as_char() == ';',
        Some(tree) => as_block(tree).is_some(),
    }
}

/// Whether it is a plan inside a plan's body: `fallback` is an attribute of functions as well.
pub(super) fn is_plan(attributes: &[Group], tokens: &[TokenTree]) -> bool {
    attributes.iter().filter_map(marker_of).all(|marker| marker == "fallback") && begins_function(tokens)
}

fn begins_function(tokens: &[TokenTree]) -> bool {
    let head = tokens.iter().take_while(|tree| match tree {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Parenthesis,
        tree => !matches!(tree, TokenTree::Punct(_)),
    });
    head.into_iter().any(|tree| matches!(tree, TokenTree::Ident(word) if word == "fn"))
}
