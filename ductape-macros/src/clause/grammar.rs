//! How is a list of clauses divided? At its commas, and each part on its own, so that one fault hides no other.
//!
//! A clause whose form is a slip, such as `retries: 2`, is reported, and then read as what was meant.

use proc_macro2::{Delimiter, Group, Ident, Literal, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

use super::{source, table};
use crate::diagnostics::Diagnostics;
use crate::function::unwrap_groups;
use crate::literal::tag;

/// One part of a list.
pub(crate) enum Segment {
    /// A string literal alone: a provider's name.
    Text(Literal),
    Clause(Written),
    /// The rest of a part that is no clause.
    Unread(TokenStream),
}

/// A clause as it is written.
pub(crate) struct Written {
    pub(crate) key: Ident,
    pub(crate) form: Form,
}

/// What follows the name of a clause.
pub(crate) enum Form {
    Bare,
    Equals(TokenStream),
    Parens(TokenStream),
}

impl Written {
    /// The name of a provider, and what is wrong with it, in `name = "stripe"` and in a `stripe` without quotes.
    pub(crate) fn as_name(&self, noun: &str) -> Option<(String, String)> {
        match &self.form {
            Form::Equals(tokens) if self.key == "name" => {
                let text: syn::LitStr = syn::parse2(tokens.clone()).ok()?;
                Some((tag::mend(&text.value())?, format!("the name of a {noun} stands first, without a key")))
            }
            Form::Bare if !table::is_known(&self.key) => {
                Some((tag::mend(&self.key.to_string())?, format!("the name of a {noun} is a string")))
            }
            _ => None,
        }
    }
}

/// Divides a list, and reports the parts that are no clause.
pub(crate) fn parse(list: TokenStream, diagnostics: &mut Diagnostics) -> Vec<Segment> {
    let trees: Vec<_> = unwrap_groups(list).into_iter().collect();
    for (at, tree) in trees.iter().enumerate().filter(|(_, tree)| is_comma(tree)) {
        if at.checked_sub(1).and_then(|before| trees.get(before)).is_none_or(is_comma) {
            diagnostics.error(tree, "a comma without a clause before it", "leave the comma out");
        }
    }
    let mut segments = Vec::new();
    for part in trees.split(is_comma) {
        let mut rest = part;
        while !rest.is_empty() {
            let Some((segment, after)) = segment(rest, diagnostics) else {
                segments.push(Segment::Unread(rest.iter().cloned().collect()));
                break;
            };
            segments.push(segment);
            if let Some(next) = after.first().filter(|next| begins_clause(next)) {
                let message = format_args!("a comma is missing before `{next}`");
                diagnostics.error(next, message, "write a `,` between two clauses");
            }
            rest = after;
        }
    }
    segments
}

/// Reports what is no clause.
pub(crate) fn unread(tokens: TokenStream, diagnostics: &mut Diagnostics) {
    let help = "a clause is `name = literal`, `name(…)` or `name`, and a comma stands between two";
    diagnostics.error(tokens, "expected a clause", help);
}

/// The name that was meant by another literal than a string.
pub(crate) fn name_in(tokens: &TokenStream) -> Option<String> {
    let text = match syn::parse2(tokens.clone()).ok()? {
        syn::Lit::ByteStr(text) => String::from_utf8(text.value()).ok()?,
        syn::Lit::CStr(text) => text.value().into_string().ok()?,
        syn::Lit::Char(letter) => letter.value().to_string(),
        syn::Lit::Int(number) => number.base10_digits().to_owned(),
        _ => return None,
    };
    tag::mend(&text)
}

/// The clause at the head of the tokens, and what follows it.
fn segment<'a>(tokens: &'a [TokenTree], diagnostics: &mut Diagnostics) -> Option<(Segment, &'a [TokenTree])> {
    match tokens {
        [TokenTree::Literal(text), TokenTree::Punct(equals), value @ ..]
            if is_string(text) && equals.as_char() == '=' =>
        {
            let key = unquoted(text)?;
            let (value, after) = value_of(value);
            let help = format_args!("write `{key} = {}`", source(&value));
            diagnostics.error(text, "the name of a clause is written without quotes", help);
            Some((Segment::Clause(Written { key, form: Form::Equals(value) }), after))
        }
        [TokenTree::Literal(text), after @ ..] if is_string(text) => Some((Segment::Text(text.clone()), after)),
        [TokenTree::Ident(key), rest @ ..] => {
            let (form, after) = form(key, rest, diagnostics)?;
            Some((Segment::Clause(Written { key: key.clone(), form }), after))
        }
        _ => None,
    }
}

/// What follows the name of a clause; a slip in it is reported here.
fn form<'a>(key: &Ident, rest: &'a [TokenTree], diagnostics: &mut Diagnostics) -> Option<(Form, &'a [TokenTree])> {
    let mut slip = |at: TokenStream, message: &str, right: String| {
        diagnostics.error(at, message, format_args!("write `{right}`"));
    };
    match rest {
        [TokenTree::Punct(first), TokenTree::Punct(second), value @ ..]
            if first.as_char() == '=' && first.spacing() == Spacing::Joint && second.as_char() == '=' =>
        {
            let (value, after) = value_of(value);
            slip(pair(first, second), "expected `=`, found `==`", format!("{key} = {}", source(&value)));
            Some((Form::Equals(value), after))
        }
        [TokenTree::Punct(equals), value @ ..] if equals.as_char() == '=' => {
            let (value, after) = value_of(value);
            Some((Form::Equals(value), after))
        }
        [TokenTree::Punct(colon), value @ ..] if colon.as_char() == ':' && colon.spacing() == Spacing::Alone => {
            let (value, after) = value_of(value);
            slip(colon.to_token_stream(), "expected `=`, found `:`", format!("{key} = {}", source(&value)));
            Some((Form::Equals(value), after))
        }
        [TokenTree::Group(group), after @ ..] if group.delimiter() == Delimiter::Parenthesis => {
            Some((Form::Parens(group.stream()), after))
        }
        [TokenTree::Group(group), after @ ..] => {
            let right = format!("{key}({})", source(&group.stream()));
            slip(group.to_token_stream(), &format!("expected parentheses, found {}", delimiters(group)), right);
            Some((Form::Parens(group.stream()), after))
        }
        [value, after @ ..] if is_literal(value) => {
            slip(value.to_token_stream(), "a `=` is missing before this value", format!("{key} = {value}"));
            Some((Form::Equals(value.to_token_stream()), after))
        }
        [TokenTree::Punct(_), ..] => None,
        [] | [TokenTree::Ident(_) | TokenTree::Literal(_), ..] => Some((Form::Bare, rest)),
    }
}

/// A value, up to a comma that was forgotten: no Rust has a name directly after a literal.
fn value_of(tokens: &[TokenTree]) -> (TokenStream, &[TokenTree]) {
    let forgotten = |pair: &[TokenTree]| matches!(pair, [TokenTree::Literal(_), next] if begins_clause(next));
    let end = tokens.windows(2).position(forgotten).map_or(tokens.len(), |at| at + 1);
    let (value, after) = tokens.split_at(end);
    (value.iter().cloned().collect(), after)
}

fn begins_clause(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Ident(word) => word != "as" && !is_literal(tree),
        TokenTree::Literal(text) => is_string(text),
        _ => false,
    }
}

/// `true` and `false` are words to a macro.
fn is_literal(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Literal(_) => true,
        TokenTree::Ident(word) => word == "true" || word == "false",
        _ => false,
    }
}

fn pair(first: impl ToTokens, second: impl ToTokens) -> TokenStream {
    let mut tokens = first.into_token_stream();
    second.to_tokens(&mut tokens);
    tokens
}

fn delimiters(group: &Group) -> &'static str {
    match group.delimiter() {
        Delimiter::Bracket => "brackets",
        Delimiter::Brace => "braces",
        Delimiter::Parenthesis | Delimiter::None => "a group",
    }
}

fn unquoted(text: &Literal) -> Option<Ident> {
    let text = syn::parse2::<syn::LitStr>(text.to_token_stream()).ok()?;
    text.parse().ok()
}

fn is_comma(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(comma) if comma.as_char() == ',')
}

/// Whether it is a string, plain or raw.
fn is_string(literal: &Literal) -> bool {
    syn::parse2::<syn::LitStr>(literal.to_token_stream()).is_ok()
}
