//! What was meant by a marker that marks no block of the body? Reported once, so that nothing follows from it.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::parse::Parser;

use super::split::{as_block, attributes, ends_statement, is_plan};
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
        // A provider's marker alone would only be the next fault.
        let is_bare = attribute.stream().into_iter().count() == 1 && marker != "reconcile" && marker != "degrade";
        let written = if is_bare { format!("{marker}(\"stripe\")") } else { source(&attribute.stream()) };
        let help = match of_async {
            Some(_) => "leave `async` out: the block is async already".to_owned(),
            None => format!("write `#[{written}] {{ … }}`, directly in the function's body"),
        };
        diagnostics.error(&marker, format_args!("`#[{marker}]` marks a block, and here is none"), help);
    }
    if let Some((braces, after)) = of_async.or_else(|| of_let(tokens)) {
        return (Some(braces.clone()), after);
    }
    let (own, others) = tokens.split_at(next_marker(tokens));
    let end = match own {
        // A closure is no value that a provider could give.
        [TokenTree::Punct(bar), ..] if bar.as_char() == '|' => return (None, others),
        _ if begins(own, &["if", "match", "loop", "unsafe"]) || is_label(own) => end_of_blocks(own),
        _ if begins(own, STATEMENTS) || own.iter().any(is_semicolon) => return (None, tokens),
        _ => own.len(),
    };
    let (expression, after) = tokens.split_at(end);
    let Some(first) = expression.first() else { return (None, tokens) };
    let content = if parses(expression) { expression.iter().cloned().collect() } else { never() };
    let mut braces = Group::new(Delimiter::Brace, content);
    braces.set_span(first.span());
    (Some(braces), after)
}

/// Where the next marker stands, or the end.
fn next_marker(tokens: &[TokenTree]) -> usize {
    let is_marker = |pair: &[TokenTree]| match pair {
        [TokenTree::Punct(hash), TokenTree::Group(brackets)] => hash.as_char() == '#' && marker_of(brackets).is_some(),
        _ => false,
    };
    tokens.windows(2).position(is_marker).unwrap_or(tokens.len())
}

fn parses(tokens: &[TokenTree]) -> bool {
    syn::Block::parse_within.parse2(tokens.iter().cloned().collect()).is_ok()
}

/// What has any type, and no value: it stands for something that is reported.
fn never() -> TokenStream {
    quote_spanned!(Span::mixed_site()=> loop {})
}

/// The block of `let x = { … };`, which would be of no type that is known.
fn of_let(tokens: &[TokenTree]) -> Option<(&Group, &[TokenTree])> {
    let (statement, after) = tokens.split_at(tokens.iter().position(is_semicolon)?);
    match statement {
        [TokenTree::Ident(word), .., TokenTree::Punct(equals), block] if word == "let" && equals.as_char() == '=' => {
            Some((as_block(block)?, after.get(1..)?))
        }
        _ => None,
    }
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

/// Behind the block in braces, and those of its `else`s, that end an expression: a condition may have some too.
fn end_of_blocks(tokens: &[TokenTree]) -> usize {
    let goes_on = |end: usize| matches!(tokens.get(end), Some(TokenTree::Ident(word)) if word == "else");
    let ends = tokens.iter().enumerate().filter(|(_, tree)| as_block(tree).is_some()).map(|(at, _)| at + 1);
    let mut whole = ends.filter(|end| !goes_on(*end) && tokens.get(..*end).is_some_and(parses));
    whole.next().unwrap_or(tokens.len())
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
            TokenTree::Group(group) if !of_macro && !in_function => inside(group, condition(&kept), diagnostics),
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

/// The condition of the `if` whose block follows these tokens.
fn condition(before: &[TokenTree]) -> Option<String> {
    let head = before.iter().rposition(|tree| is_semicolon(tree) || as_block(tree).is_some()).map_or(0, |at| at + 1);
    let statement = before.get(head..)?;
    let keyword = statement.iter().rposition(|tree| matches!(tree, TokenTree::Ident(word) if word == "if"))?;
    let condition = source(&statement.get(keyword + 1..)?.iter().cloned().collect());
    syn::parse_str::<syn::Expr>(&condition).is_ok_and(|of| !matches!(of, syn::Expr::Let(_))).then_some(condition)
}

/// A group without the markers in it; `None` where there are none.
fn inside(group: &Group, condition: Option<String>, diagnostics: &mut Diagnostics) -> Option<Group> {
    let condition = condition.unwrap_or_else(|| "…".to_owned());
    let trees: Vec<_> = group.stream().into_iter().collect();
    let mut kept = Vec::new();
    let mut rest = trees.as_slice();
    let mut found = false;
    while let Some((first, after_first)) = rest.split_first() {
        let (attributes, after) = attributes(rest);
        if !attributes.iter().any(|attribute| marker_of(attribute).is_some()) || is_plan(&attributes, after) {
            kept.push(first.clone());
            rest = after_first;
            continue;
        }
        found = true;
        for attribute in &attributes {
            inner_marker(attribute, &condition, diagnostics);
        }
        let Some(block) = after.first().and_then(as_block) else {
            rest = after;
            continue;
        };
        rest = after.get(1..).unwrap_or_default();
        if !ends_statement(kept.last()) || rest.is_empty() {
            let mut value = Group::new(Delimiter::Brace, never());
            value.set_span(block.span());
            kept.push(value.into());
        }
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

fn inner_marker(attribute: &Group, condition: &str, diagnostics: &mut Diagnostics) {
    let Some(marker) = marker_of(attribute) else { return };
    let arguments = match attribute.stream().into_iter().nth(1) {
        Some(TokenTree::Group(arguments)) => source(&arguments.stream()),
        _ => String::new(),
    };
    let comma = if arguments.is_empty() { "" } else { ", " };
    let help = if marker == "reconcile" || marker == "degrade" {
        "move it directly into the function's body".to_owned()
    } else {
        format!("move it directly into the function's body, as `#[{marker}({arguments}{comma}when({condition}))]`")
    };
    diagnostics.error(&marker, format_args!("`#[{marker}]` stands inside of another block"), help);
}
