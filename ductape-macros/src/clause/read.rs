//! What does a clause's value say? A typed value, or an error under the tokens at fault.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Lit, Token};

use super::right_form::{leading_path, right_form};
use super::table::{Kind, Place, Row, Short};
use super::{Clause, Clauses, Form, Segment, Value, check, parse, unread};
use crate::diagnostics::{Diagnostics, Problem, list, nearest};
use crate::literal::{duration, percent, rate, tag};

/// Reads the value of a clause whose row is found; the tokens are those of the value.
pub(super) fn read(
    key: &Ident,
    row: &'static Row,
    form: Form,
    diagnostics: &mut Diagnostics,
) -> Option<(Value, TokenStream)> {
    match (row.kind, form) {
        (Kind::Switch, Form::Bare) => Some((Value::Switch, TokenStream::new())),
        (Kind::Nested { short: Short::Bare, .. }, Form::Bare) => {
            Some((Value::Nested(Clauses::default()), TokenStream::new()))
        }
        (Kind::Nested { place, .. }, Form::Parens(tokens)) => nested(key, row, place, tokens, diagnostics),
        (Kind::Static | Kind::Expression | Kind::Type, Form::Parens(tokens))
            if rust(key, row, row.kind, &tokens, diagnostics)? =>
        {
            stays(key, row, &tokens, diagnostics).then_some((Value::Rust, tokens))
        }
        (kind, Form::Parens(tokens))
            if kind.may_be_constant()
                && number(&tokens).is_none()
                && rust(key, row, Kind::Expression, &tokens, diagnostics)? =>
        {
            constant(key, &tokens, diagnostics).then_some((Value::Rust, tokens))
        }
        (kind, Form::Equals(tokens)) => {
            let inner = row.stands_for();
            match literal(&key.to_string(), inner.map_or(kind, |inner| inner.kind), &tokens) {
                Some(Ok(value)) => {
                    Some((inner.map_or(value.clone(), |inner| alone(key, inner, value, &tokens)), tokens))
                }
                Some(Err(problem)) => {
                    diagnostics.problem(tokens, &problem);
                    None
                }
                None => wrong_form(key, row, &Form::Equals(tokens), diagnostics),
            }
        }
        (_, form) => wrong_form(key, row, &form, diagnostics),
    }
}

/// `bulkhead = 10` as `bulkhead(max = 10)`.
fn alone(key: &Ident, inner: &'static Row, value: Value, tokens: &TokenStream) -> Value {
    Value::Nested(Clauses::only(Clause { key: key.clone(), row: inner, value, tokens: tokens.clone() }))
}

fn wrong_form<T>(key: &Ident, row: &Row, form: &Form, diagnostics: &mut Diagnostics) -> Option<T> {
    let help = right_form(key, row, form);
    let message = match row.kind {
        Kind::Switch => format!("`{key}` is a switch and takes no value"),
        Kind::Nested { short, .. } => match (short, row.stands_for()) {
            (_, Some(inner)) => format!("`{key}` takes {}, or clauses of its own in parentheses", noun(inner.kind)),
            (Short::Bare, _) => format!("`{key}` stands alone, or takes clauses of its own in parentheses"),
            _ => format!("`{key}` takes clauses of its own in parentheses"),
        },
        kind => format!("`{key}` takes {}", noun(kind)),
    };
    match form {
        Form::Equals(tokens) | Form::Parens(tokens) if !tokens.is_empty() => diagnostics.error(tokens, message, help),
        _ => diagnostics.error(key, message, help),
    }
    None
}

/// For messages: what a clause takes.
fn noun(kind: Kind) -> String {
    match kind {
        Kind::Static => "a path in parentheses".to_owned(),
        Kind::Expression => "Rust in parentheses".to_owned(),
        Kind::Type => "a type in parentheses".to_owned(),
        Kind::Duration | Kind::Age => "a duration: a string with a unit".to_owned(),
        Kind::Rate => "a rate: a string with a unit".to_owned(),
        Kind::Percent { .. } => "a percentage: a string with `%`".to_owned(),
        Kind::Count { .. } => "a whole number".to_owned(),
        Kind::Number { .. } => "a number".to_owned(),
        Kind::Flag => "`true` or `false`".to_owned(),
        Kind::Choice { words, .. } => words_of(words),
        Kind::Text | Kind::Tag => "a string literal".to_owned(),
        Kind::Switch | Kind::Nested { .. } => "clauses".to_owned(),
    }
}

/// `None` when the tokens are no literal of that kind.
pub(super) fn literal(clause: &str, kind: Kind, tokens: &TokenStream) -> Option<Result<Value, Problem>> {
    if let Kind::Count { .. } | Kind::Number { .. } = kind {
        return in_range(clause, kind, &number(tokens)?);
    }
    match (kind, syn::parse2::<Lit>(tokens.clone()).ok()?) {
        (Kind::Flag, Lit::Bool(flag)) => Some(Ok(Value::Flag(flag.value))),
        (Kind::Duration, Lit::Str(text)) => {
            Some(duration::read(clause, &text.value(), duration::LONGEST).map(Value::Duration))
        }
        (Kind::Age, Lit::Str(text)) => {
            Some(duration::read(clause, &text.value(), duration::LONGEST_AGE).map(Value::Duration))
        }
        (Kind::Rate, Lit::Str(text)) => Some(rate::read(clause, &text.value()).map(Value::Rate)),
        (Kind::Percent { .. }, Lit::Str(text)) => Some(percent::read(clause, &text.value()).map(Value::Percent)),
        (Kind::Tag, Lit::Str(text)) => Some(tag::check(clause, &text.value()).map(|()| Value::Text(text.value()))),
        (Kind::Text, Lit::Str(text)) if text.value().trim().is_empty() => {
            Some(Err(Problem::new(format!("`{clause}` is empty"), format!("leave `{clause}` out, or give it a text"))))
        }
        (Kind::Text, Lit::Str(text)) => Some(Ok(Value::Text(text.value()))),
        (Kind::Choice { words, .. }, Lit::Str(text)) => Some(choice(clause, words, &text.value())),
        _ => None,
    }
}

fn choice(clause: &str, words: &'static [&'static str], written: &str) -> Result<Value, Problem> {
    words.iter().find(|word| **word == written).map(|word| Value::Word(word)).ok_or_else(|| {
        let meant = nearest(written, words.iter().copied()).map(|word| format!("write `{clause} = \"{word}\"`; "));
        Problem::new(
            format!("`{}` is no value of `{clause}`", written.escape_debug()),
            format!("{}`{clause}` takes {}", meant.unwrap_or_default(), words_of(words)),
        )
    })
}

fn words_of(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
    list(quoted.iter().map(String::as_str), "or")
}

/// A number as it is written, negative ones included; `None` when the tokens are none.
struct Written {
    negative: bool,
    literal: Lit,
}

fn number(tokens: &TokenStream) -> Option<Written> {
    let mut trees: Vec<_> = tokens.clone().into_iter().collect();
    let negative = matches!(trees.first(), Some(TokenTree::Punct(minus)) if minus.as_char() == '-');
    if negative {
        trees.remove(0);
    }
    let literal = syn::parse2(trees.into_iter().collect()).ok()?;
    Some(Written { negative, literal })
}

fn in_range(clause: &str, kind: Kind, written: &Written) -> Option<Result<Value, Problem>> {
    let (digits, suffix) = match &written.literal {
        Lit::Int(value) => (value.base10_digits(), value.suffix()),
        Lit::Float(value) => (value.base10_digits(), value.suffix()),
        _ => return None,
    };
    let out_of_range = |range: String| {
        let sign = if written.negative { "-" } else { "" };
        Problem::new(format!("`{clause} = {sign}{digits}` is out of range"), format!("`{clause}` takes {range}"))
    };
    match (kind, &written.literal) {
        (Kind::Count { from, to, .. }, Lit::Int(value)) if matches!(suffix, "" | "u32") => {
            let count =
                value.base10_parse::<u32>().ok().filter(|count| !written.negative && (from..=to).contains(count));
            Some(count.map(Value::Count).ok_or_else(|| out_of_range(format!("a whole number from {from} to {to}"))))
        }
        (Kind::Number { from, to, .. }, _) if matches!(suffix, "" | "f64") => {
            let number = digits.parse::<f64>().ok().map(|number| if written.negative { -number } else { number });
            let number = number.filter(|number| number.is_finite() && (from..=to).contains(number));
            let range = if to < f64::MAX {
                format!("a number from {from} to {to}")
            } else {
                format!("a number from {from} on")
            };
            Some(number.map(Value::Number).ok_or_else(|| out_of_range(range)))
        }
        _ => None,
    }
}

/// Whether the tokens are Rust of the kind that is asked for; `None` when they are faulty, which is reported.
fn rust(key: &Ident, row: &Row, kind: Kind, tokens: &TokenStream, diagnostics: &mut Diagnostics) -> Option<bool> {
    // A literal, or nothing, is the wrong form, and not faulty Rust.
    if tokens.is_empty() || matches!(kind, Kind::Static | Kind::Type) && syn::parse2::<Lit>(tokens.clone()).is_ok() {
        return Some(false);
    }
    let (parsed, noun) = match kind {
        Kind::Static => (syn::parse2::<syn::Path>(tokens.clone()).is_ok(), "a path"),
        Kind::Type => (syn::parse2::<syn::Type>(tokens.clone()).is_ok(), "a type"),
        _ => (syn::parse2::<syn::Expr>(tokens.clone()).is_ok(), "an expression"),
    };
    if !parsed {
        // The parser's own words are about the end of the attribute, or about nothing that was written.
        let message = match Punctuated::<syn::Expr, Token![,]>::parse_terminated.parse2(tokens.clone()) {
            Ok(several) if several.len() > 1 => format!("`{key}` takes one value"),
            _ => format!("`{key}` takes {noun}, and this is none"),
        };
        let right = leading_path(tokens).map_or_else(|| row.example.to_owned(), |path| format!("{key}({path})"));
        diagnostics.error(tokens, message, format_args!("write `{right}`"));
        return None;
    }
    Some(true)
}

/// What is evaluated before the run can neither leave the function nor wait.
fn stays(key: &Ident, row: &Row, tokens: &TokenStream, diagnostics: &mut Diagnostics) -> bool {
    let Some(exit) = exit(tokens.clone()).filter(|_| matches!(row.name, "when" | "sticky" | "key")) else {
        return true;
    };
    let help = format_args!("write `let value = …;` before the first provider, and `{key}(value)`");
    diagnostics.error(&exit, format_args!("`{key}(…)` is evaluated in one go: no `{exit}` can stand in it"), help);
    false
}

/// The `return`, `?` or `await` in an expression. What a closure, an async block or a function holds is its own.
fn exit(tokens: TokenStream) -> Option<TokenTree> {
    let mut begins = true;
    for tree in tokens {
        let found = match &tree {
            TokenTree::Punct(bar) if bar.as_char() == '|' && begins => return None,
            TokenTree::Ident(word) if word == "async" || word == "fn" => return None,
            TokenTree::Punct(mark) if mark.as_char() == '?' => Some(tree.clone()),
            TokenTree::Ident(word) if word == "return" || word == "await" => Some(tree.clone()),
            TokenTree::Group(group) => exit(group.stream()),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
        // A `|` after a value is an operator.
        begins = match &tree {
            TokenTree::Punct(punct) => punct.as_char() != '|',
            TokenTree::Ident(word) => word == "move",
            _ => false,
        };
    }
    None
}

/// A const expression knows no `self`.
fn constant(key: &Ident, tokens: &TokenStream, diagnostics: &mut Diagnostics) -> bool {
    let Some((word, span)) = find_self(tokens.clone()) else { return true };
    let help = "the value is fixed while compiling: name a `const`, with the full name of its type";
    diagnostics.error_at(span, format_args!("`{key}(…)` takes a constant expression, which knows no `{word}`"), help);
    false
}

pub(super) fn find_self(tokens: TokenStream) -> Option<(String, Span)> {
    tokens.into_iter().find_map(|tree| match tree {
        TokenTree::Ident(ident) if ident == "self" || ident == "Self" => Some((ident.to_string(), ident.span())),
        TokenTree::Group(group) => find_self(group.stream()),
        _ => None,
    })
}

fn nested(
    key: &Ident,
    row: &Row,
    place: Place,
    tokens: TokenStream,
    diagnostics: &mut Diagnostics,
) -> Option<(Value, TokenStream)> {
    if tokens.is_empty() {
        return wrong_form(key, row, &Form::Bare, diagnostics);
    }
    if is_value(&tokens) {
        return wrong_form(key, row, &Form::Parens(tokens), diagnostics);
    }
    let mut written = Vec::new();
    for segment in parse(tokens.clone(), diagnostics) {
        match segment {
            Segment::Clause(clause) => written.push(clause),
            Segment::Unread(tokens) => unread(tokens, diagnostics),
            Segment::Text(text) => {
                let help = format_args!("write `{}`", row.example);
                diagnostics.error(
                    text.to_token_stream(),
                    format_args!("`{key}` takes clauses, each with its name"),
                    help,
                );
            }
        }
    }
    Some((Value::Nested(check(written, place, diagnostics)), tokens))
}

/// Whether one value stands where clauses belong: a literal, a constant, or the like.
fn is_value(tokens: &TokenStream) -> bool {
    let trees: Vec<_> = tokens.clone().into_iter().collect();
    let is = |at: usize, sign: char| matches!(trees.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    // A clause begins with its name, in lower case.
    let names_clause = matches!(trees.first(), Some(TokenTree::Ident(word)) if !is(1, ':')
        && !word.to_string().starts_with(char::is_uppercase));
    let equals = (0..trees.len()).any(|at| is(at, '='));
    !names_clause && !equals && syn::parse2::<syn::Expr>(tokens.clone()).is_ok()
}
