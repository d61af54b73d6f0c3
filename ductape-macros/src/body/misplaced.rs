//! What was meant by a marker that marks no block of the body? Reported once, so that nothing follows from it.

use proc_macro2::{Delimiter, Group, Ident, TokenTree};

use super::split::{as_block, attributes, is_plan};
use crate::clause::source;
use crate::diagnostics::Diagnostics;
use crate::function::marker_of;

/// What statements without a value begin with.
const STATEMENTS: &[&str] = &[
    "async", "const", "enum", "fn", "for", "impl", "let", "mod", "pub", "static", "struct", "trait", "type", "use",
    "while",
];

/// The expression under a marker, as the block that it should be, and what follows it.
///
/// `None` for statements, which are left where they are.
pub(super) fn meant<'a>(
    attributes: &[Group],
    tokens: &'a [TokenTree],
    diagnostics: &mut Diagnostics,
) -> (Option<Group>, &'a [TokenTree]) {
    let of_async = of_async(tokens);
    for attribute in attributes {
        let Some(marker) = marker_of(attribute) else { continue };
        let written = source(&attribute.stream());
        let help = match of_async {
            Some(_) => "leave `async` out: the block is async already".to_owned(),
            None => format!("write `#[{written}] {{ … }}`, directly in the function's body"),
        };
        diagnostics.error(&marker, format_args!("`#[{marker}]` marks a block, and here is none"), help);
    }
    if let Some((braces, after)) = of_async {
        return (Some(braces.clone()), after);
    }
    let end = match tokens {
        // A closure is no value that a provider could give.
        [TokenTree::Punct(bar), ..] if bar.as_char() == '|' => return (None, &[]),
        _ if begins(tokens, &["if", "match", "loop", "unsafe"]) || is_label(tokens) => end_of_blocks(tokens),
        _ if begins(tokens, STATEMENTS) || tokens.iter().any(is_semicolon) => return (None, tokens),
        _ => tokens.len(),
    };
    let (expression, after) = tokens.split_at(end);
    let Some(first) = expression.first() else { return (None, tokens) };
    let mut braces = Group::new(Delimiter::Brace, expression.iter().cloned().collect());
    braces.set_span(first.span());
    (Some(braces), after)
}

/// The block of `async { … }` or `async move { … }`.
fn of_async(tokens: &[TokenTree]) -> Option<(&Group, &[TokenTree])> {
    let rest = match tokens {
        [TokenTree::Ident(keyword), rest @ ..] if keyword == "async" => rest,
        _ => return None,
    };
    let (first, after) = match rest {
        [TokenTree::Ident(keyword), first, after @ ..] if keyword == "move" => (first, after),
        [first, after @ ..] => (first, after),
        [] => return None,
    };
    Some((as_block(first)?, after))
}

fn begins(tokens: &[TokenTree], keywords: &[&str]) -> bool {
    matches!(tokens.first(), Some(TokenTree::Ident(word)) if keywords.iter().any(|keyword| word == keyword))
}

fn is_label(tokens: &[TokenTree]) -> bool {
    matches!(tokens.first(), Some(TokenTree::Punct(quote)) if quote.as_char() == '\'')
}

fn is_semicolon(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(semicolon) if semicolon.as_char() == ';')
}

/// Behind the first block in braces, and those of its `else`s.
fn end_of_blocks(tokens: &[TokenTree]) -> usize {
    let mut end = 0;
    while let Some(block) = tokens.iter().skip(end).position(|tree| as_block(tree).is_some()) {
        end += block + 1;
        if !matches!(tokens.get(end), Some(TokenTree::Ident(word)) if word == "else") {
            return end;
        }
    }
    tokens.len()
}

/// Reports the markers inside of the tokens' groups; then gives the tokens without them and their blocks.
///
/// A function inside may be a plan of its own, and what a macro makes of its tokens is its own affair.
pub(super) fn nested(tokens: &[TokenTree], diagnostics: &mut Diagnostics) -> Option<Vec<TokenTree>> {
    let mut found = false;
    let mut kept = Vec::new();
    let mut in_function = false;
    for tree in tokens {
        let of_macro = matches!(&kept[..], [.., TokenTree::Punct(bang)] if bang.as_char() == '!');
        let inner = match tree {
            TokenTree::Group(group) if !of_macro && !in_function => inside(group, diagnostics),
            _ => None,
        };
        match tree {
            TokenTree::Ident(word) if word == "fn" => in_function = true,
            _ if as_block(tree).is_some() || is_semicolon(tree) => in_function = false,
            _ => {}
        }
        found |= inner.is_some();
        kept.push(inner.map_or_else(|| tree.clone(), TokenTree::from));
    }
    found.then_some(kept)
}

/// A group without the markers in it; `None` where there are none.
fn inside(group: &Group, diagnostics: &mut Diagnostics) -> Option<Group> {
    let trees: Vec<_> = group.stream().into_iter().collect();
    let mut kept = Vec::new();
    let mut rest = trees.as_slice();
    let mut found = false;
    while let Some((first, after_first)) = rest.split_first() {
        let (attributes, after) = attributes(rest);
        let markers: Vec<Ident> = attributes.iter().filter_map(marker_of).collect();
        if markers.is_empty() || is_plan(&attributes, after) {
            kept.push(first.clone());
            rest = after_first;
            continue;
        }
        for marker in &markers {
            let message = format_args!("`#[{marker}]` stands inside of another block");
            let help = "move it directly into the function's body; `when(…)` makes a provider depend on a condition";
            diagnostics.error(marker, message, help);
        }
        found = true;
        let block = after.first().is_some_and(|tree| as_block(tree).is_some());
        rest = if block { after.get(1..).unwrap_or_default() } else { after };
    }
    let kept = match nested(&kept, diagnostics) {
        Some(deeper) => deeper,
        None if found => kept,
        None => return None,
    };
    let mut without = Group::new(group.delimiter(), kept.into_iter().collect());
    without.set_span(group.span());
    Some(without)
}
