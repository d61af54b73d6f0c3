//! How should a value have been written? In the form of its kind, with the very value that stands there.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Lit;

use super::table::{Kind, Row};
use super::{Form, source};

/// What to write instead of a value in the wrong form.
pub(super) fn right_form(key: &Ident, row: &Row, form: &Form) -> String {
    let tokens = match form {
        Form::Bare => return format!("write `{}`", row.example),
        Form::Equals(tokens) | Form::Parens(tokens) => tokens,
    };
    let tokens = &without_parens(tokens);
    let literal = syn::parse2::<Lit>(tokens.clone()).ok();
    let corrected = match row.kind {
        Kind::Switch if word(tokens).is_some_and(|word| word == "false") => return format!("leave `{key}` out"),
        Kind::Switch => Some(key.to_string()),
        Kind::Count { .. } => number(literal.as_ref(), false)
            .map(|value| format!("{key} = {value}"))
            .or_else(|| in_parens(key, literal.as_ref(), tokens)),
        Kind::Number { .. } => number(literal.as_ref(), true)
            .map(|value| format!("{key} = {value}"))
            .or_else(|| in_parens(key, literal.as_ref(), tokens)),
        Kind::Duration => match &literal {
            Some(Lit::Int(value)) => Some(format!("{key} = \"{}s\"", value.base10_digits())),
            Some(Lit::Float(value)) => Some(format!("{key} = \"{}s\"", value.base10_digits())),
            Some(Lit::Str(value)) => Some(format!("{key} = {:?}", value.value())),
            _ => in_parens(key, literal.as_ref(), tokens),
        },
        Kind::Flag => match &literal {
            Some(Lit::Str(value)) if matches!(value.value().as_str(), "true" | "false") => {
                Some(format!("{key} = {}", value.value()))
            }
            Some(Lit::Bool(value)) => Some(format!("{key} = {}", value.value)),
            _ => in_parens(key, literal.as_ref(), tokens),
        },
        Kind::Choice { words, .. } => written_text(literal.as_ref(), tokens)
            .filter(|word| words.contains(&word.as_str()))
            .map(|word| format!("{key} = \"{word}\"")),
        Kind::Text | Kind::Tag => written_text(literal.as_ref(), tokens).map(|text| format!("{key} = {text:?}")),
        Kind::Static | Kind::Expression | Kind::Type => match &literal {
            Some(Lit::Str(path)) => {
                syn::parse_str::<syn::Path>(&path.value()).ok().map(|_| format!("{key}({})", path.value()))
            }
            Some(value) if matches!(row.kind, Kind::Expression) => {
                Some(format!("{key}({})", source(&value.to_token_stream())))
            }
            _ => in_parens(key, literal.as_ref(), tokens),
        },
        Kind::Nested(_) | Kind::Later => None,
    };
    format!("write `{}`", corrected.as_deref().unwrap_or(row.example))
}

/// `(2)` is a number as well.
fn without_parens(tokens: &TokenStream) -> TokenStream {
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::Parenthesis => {
            without_parens(&group.stream())
        }
        _ => tokens.clone(),
    }
}

/// The path that `&path`, `path()` and `path, path` begin with.
pub(super) fn leading_path(tokens: &TokenStream) -> Option<String> {
    let in_path = |tree: &TokenTree| match tree {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(colon) => colon.as_char() == ':',
        _ => false,
    };
    let trees = tokens.clone().into_iter();
    let trees = trees.skip_while(|tree| matches!(tree, TokenTree::Punct(reference) if reference.as_char() == '&'));
    let path: TokenStream = trees.take_while(in_path).collect();
    syn::parse2::<syn::Path>(path.clone()).ok().map(|_| source(&path))
}

/// Rust belongs in parentheses.
fn in_parens(key: &Ident, literal: Option<&Lit>, tokens: &TokenStream) -> Option<String> {
    (literal.is_none() && !tokens.is_empty()).then(|| format!("{key}({})", source(tokens)))
}

/// The number that a literal holds, quoted or not.
fn number(literal: Option<&Lit>, fraction: bool) -> Option<String> {
    let text = match literal? {
        Lit::Str(text) => text.value().trim().to_owned(),
        Lit::Int(value) => value.base10_digits().to_owned(),
        Lit::Float(value) => value.base10_digits().to_owned(),
        _ => return None,
    };
    let whole = text.parse::<u32>().is_ok();
    (whole || fraction && text.parse::<f64>().is_ok_and(f64::is_finite)).then_some(text)
}

/// A text that was given as a string, or as a bare word.
fn written_text(literal: Option<&Lit>, tokens: &TokenStream) -> Option<String> {
    match literal {
        Some(Lit::Str(text)) => Some(text.value()),
        Some(_) => None,
        // In capitals it is a constant.
        None => word(tokens).map(|word| word.to_string()).filter(|word| !word.starts_with(char::is_uppercase)),
    }
}

/// A word alone, keywords included.
fn word(tokens: &TokenStream) -> Option<Ident> {
    let mut tokens = tokens.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(word)), None) => Some(word),
        _ => None,
    }
}
