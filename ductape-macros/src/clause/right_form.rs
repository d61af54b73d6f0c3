//! How should a value have been written? In the form of its kind, with the very value that stands there.

use std::time::Duration;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, Lit, LitStr, Token};

use super::read::{find_self, literal};
use super::table::{Kind, Place, Row, Short};
use super::{Form, source};
use crate::literal::{duration, percent, rate};

/// What to write instead of a value in the wrong form.
pub(super) fn right_form(key: &Ident, row: &Row, form: &Form) -> String {
    let tokens = match form {
        Form::Bare => return format!("write `{}`", row.example),
        Form::Equals(tokens) | Form::Parens(tokens) => tokens,
    };
    let tokens = &without_parens(tokens);
    let corrected = match row.kind {
        Kind::Switch | Kind::Nested { short: Short::Bare, .. } if word(tokens).is_some_and(|word| word == "false") => {
            return format!("leave `{key}` out");
        }
        Kind::Nested { place, short, .. } => nested(key, row, place, short, tokens),
        _ => corrected(&key.to_string(), row, tokens),
    };
    if let (None, Kind::Text | Kind::Tag) = (&corrected, row.kind)
        && syn::parse2::<Lit>(tokens.clone()).is_err()
    {
        return format!("write `{}`: it is read while compiling, and knows no constant", row.example);
    }
    format!("write `{}`", corrected.as_deref().unwrap_or(row.example))
}

/// A value under the name of the inner clause that takes it, else of the first one that it can be made to fit.
fn nested(key: &Ident, row: &Row, place: Place, short: Short, tokens: &TokenStream) -> Option<String> {
    let is_literal = syn::parse2::<Lit>(tokens.clone()).is_ok();
    if let Some(inner) = row.stands_for().filter(|_| is_literal) {
        return corrected(&key.to_string(), inner, tokens);
    }
    if short == Short::Bare && word(tokens).is_some_and(|word| word == "true") {
        return Some(key.to_string());
    }
    let read = |inner: &&Row| literal(inner.name, inner.kind, tokens);
    let first = row.stands_for().or_else(|| place.rows().next());
    let takes = place.rows().find(|inner| read(inner).is_some_and(|value| value.is_ok()));
    // One that is out of range fits nowhere.
    let inner = takes.or_else(|| first.filter(|inner| read(inner).is_none()))?;
    Some(format!("{key}({})", corrected(inner.name, inner, tokens)?))
}

/// A clause with the value in the form of its kind.
fn corrected(key: &str, row: &Row, tokens: &TokenStream) -> Option<String> {
    let literal = syn::parse2::<Lit>(tokens.clone()).ok();
    match row.kind {
        Kind::Switch => Some(key.to_owned()),
        kind if kind.may_be_constant() => match &literal {
            Some(literal) => value(row, literal).map(|value| format!("{key} = {value}")),
            None => constant(key, tokens),
        },
        Kind::Choice { words, .. } => written_text(literal.as_ref(), tokens)
            .filter(|word| words.contains(&word.as_str()))
            .map(|word| format!("{key} = \"{word}\"")),
        Kind::Text | Kind::Tag => match written_text(literal.as_ref(), tokens) {
            Some(text) => Some(format!("{key} = {text:?}")),
            None if row.repeats => each(key, tokens),
            None => None,
        },
        Kind::Static | Kind::Expression | Kind::Type => match &literal {
            Some(literal) => rust(row, literal).map(|rust| format!("{key}({rust})")),
            None => (!tokens.is_empty()).then(|| format!("{key}({})", source(tokens))),
        },
        _ => None,
    }
}

/// One clause for each text of a list, in brackets or without.
fn each(key: &str, tokens: &TokenStream) -> Option<String> {
    let list = match tokens.clone().into_iter().next()? {
        TokenTree::Group(group) => group.stream(),
        _ => tokens.clone(),
    };
    let texts = Punctuated::<LitStr, Token![,]>::parse_terminated.parse2(list).ok()?;
    let clauses: Vec<_> = texts.iter().map(|text| format!("{key} = {:?}", text.value())).collect();
    (!clauses.is_empty()).then(|| clauses.join(", "))
}

/// The value that a literal of another kind holds, if it is one that the clause takes.
fn value(row: &Row, literal: &Lit) -> Option<String> {
    match row.kind {
        Kind::Duration => duration(literal, duration::LONGEST),
        Kind::Age => duration(literal, duration::LONGEST_AGE),
        Kind::Count { from, to, .. } => {
            whole(row, literal).filter(|count| (from..=to).contains(count)).map(|count| count.to_string())
        }
        Kind::Number { from, to, .. } => {
            let text = digits(literal)?;
            text.parse::<f64>().is_ok_and(|number| number.is_finite() && (from..=to).contains(&number)).then_some(text)
        }
        Kind::Rate => {
            let text = match literal {
                Lit::Str(text) => text.value(),
                _ => format!("{}/s", digits(literal)?),
            };
            rate::read(row.name, &text).ok().map(|rate| format!("\"{rate}\""))
        }
        Kind::Percent { .. } => match literal {
            Lit::Str(text) => percent::read(row.name, &text.value()).ok(),
            _ => percent::of_number(&digits(literal)?),
        }
        .map(|percent| format!("\"{percent}\"")),
        _ => match literal {
            Lit::Bool(flag) => Some(flag.value.to_string()),
            Lit::Str(text) if matches!(text.value().as_str(), "true" | "false") => Some(text.value()),
            _ => None,
        },
    }
}

/// In quotes and with its unit; seconds where there is none.
fn duration(literal: &Lit, longest: Duration) -> Option<String> {
    let text = match literal {
        Lit::Str(text) => text.value(),
        Lit::Int(value) => format!("{}{}", value.base10_digits(), value.suffix()),
        Lit::Float(value) => format!("{}{}", value.base10_digits(), value.suffix()),
        _ => return None,
    };
    duration::mend(&text, longest).map(|text| format!("\"{text}\""))
}

/// A whole number, however it is written; of a weight also the percentage, and the share of one.
fn whole(row: &Row, literal: &Lit) -> Option<u32> {
    let is_weight = row.name == "weight";
    let text = digits(literal)?;
    let number: f64 = text.strip_suffix('%').filter(|_| is_weight).unwrap_or(&text).trim_end().parse().ok()?;
    let is_share = is_weight && number < 1.0;
    let shown = format!("{:.6}", if is_share { number * 100.0 } else { number });
    shown.trim_end_matches('0').strip_suffix('.')?.parse().ok()
}

/// The number that a literal holds, quoted or not.
fn digits(literal: &Lit) -> Option<String> {
    match literal {
        Lit::Str(text) => Some(text.value().trim().to_owned()),
        Lit::Int(value) => Some(value.base10_digits().to_owned()),
        Lit::Float(value) => Some(value.base10_digits().to_owned()),
        _ => None,
    }
}

/// A constant expression belongs in parentheses; `self` is none.
fn constant(key: &str, tokens: &TokenStream) -> Option<String> {
    let sound = syn::parse2::<Expr>(tokens.clone()).is_ok_and(|value| !matches!(value, Expr::Unary(_)))
        && find_self(tokens.clone()).is_none();
    sound.then(|| format!("{key}({})", source(tokens)))
}

/// Rust that was put in quotes, or a literal that is the value itself.
fn rust(row: &Row, literal: &Lit) -> Option<String> {
    match (row.name, literal) {
        ("when", Lit::Bool(holds)) => Some(holds.value.to_string()),
        ("when", Lit::Str(text)) => {
            let is_rust = syn::parse_str(&text.value()).is_ok_and(|value| !matches!(value, Expr::Lit(_)));
            is_rust.then(|| text.value())
        }
        ("sticky" | "key", Lit::Str(text)) if is_place(&text.value()) => Some(text.value()),
        ("sticky" | "key", key) => Some(source(&key.to_token_stream())),
        (_, Lit::Str(path)) => syn::parse_str::<syn::Path>(&path.value()).ok().map(|_| path.value()),
        _ => None,
    }
}

/// Whether a text reads as a binding or one of its fields, and not as a key like `user-1`.
fn is_place(text: &str) -> bool {
    matches!(syn::parse_str(text), Ok(Expr::Path(_) | Expr::Field(_)))
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
