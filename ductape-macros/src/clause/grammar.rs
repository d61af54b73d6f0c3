//! How is a list of clauses divided? At its commas, and each part on its own, so that one fault hides no other.

use proc_macro2::{Delimiter, Ident, Literal, TokenStream, TokenTree};
use quote::ToTokens;

use crate::diagnostics::Diagnostics;
use crate::function::unwrap_groups;

/// One part of a list.
pub(crate) enum Segment {
    /// A string literal alone: a provider's name.
    Text(Literal),
    Clause(Written),
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
    /// The text of `name = "stripe"`.
    pub(crate) fn as_name(&self) -> Option<Literal> {
        let Form::Equals(tokens) = &self.form else { return None };
        syn::parse2(tokens.clone()).ok().filter(|text| self.key == "name" && is_string(text))
    }
}

/// Divides a list, and reports the parts that are no clause.
pub(crate) fn parse(list: TokenStream, diagnostics: &mut Diagnostics) -> Vec<Segment> {
    let mut segments = Vec::new();
    for tokens in split(unwrap_groups(list)) {
        match segment(&tokens) {
            Some(segment) => segments.push(segment),
            None => diagnostics.error(
                tokens.into_iter().collect::<TokenStream>(),
                "expected a clause",
                "a clause is `name = literal`, `name(…)` or `name`, and a comma stands between two",
            ),
        }
    }
    segments
}

fn split(list: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    for tree in list {
        match (tree, parts.last_mut()) {
            (TokenTree::Punct(comma), _) if comma.as_char() == ',' => parts.push(Vec::new()),
            (tree, Some(part)) => part.push(tree),
            (_, None) => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn segment(tokens: &[TokenTree]) -> Option<Segment> {
    let (key, rest) = match tokens {
        [TokenTree::Literal(text)] if is_string(text) => return Some(Segment::Text(text.clone())),
        [TokenTree::Ident(key), rest @ ..] => (key.clone(), rest),
        _ => return None,
    };
    let form = match rest {
        [] => Form::Bare,
        [TokenTree::Punct(equals), value @ ..] if equals.as_char() == '=' => {
            Form::Equals(value.iter().cloned().collect())
        }
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => Form::Parens(group.stream()),
        _ => return None,
    };
    Some(Segment::Clause(Written { key, form }))
}

/// Whether it is a string, plain or raw.
fn is_string(literal: &Literal) -> bool {
    syn::parse2::<syn::LitStr>(literal.to_token_stream()).is_ok()
}
