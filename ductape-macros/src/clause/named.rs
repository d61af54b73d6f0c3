//! Which name stands before the clauses? That of a provider, of a step, or of a part: a string literal.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::ToTokens;

use super::table::Place;
use super::{Clauses, Segment, check, name_in, parse, unread};
use crate::diagnostics::Diagnostics;

/// The name of a provider, a step or a part, which stands first.
pub(crate) enum Name {
    Missing,
    Written(Literal),
    /// What was meant by something that is no name, and is reported.
    Reported(String),
}

/// What a list's name is the name of.
pub(crate) struct Named<'a> {
    pub(crate) marker: &'a Ident,
    /// For messages: what it marks.
    pub(crate) noun: &'static str,
    /// For help, where nothing like a name is written.
    pub(crate) example: &'static str,
}

/// A list of clauses, with the name that may stand first, and must where it is `named`.
pub(crate) fn list(
    arguments: TokenStream,
    place: Place,
    named: Option<&Named<'_>>,
    diagnostics: &mut Diagnostics,
) -> (Name, Clauses) {
    let mut name = Name::Missing;
    let mut written = Vec::new();
    let segments = parse(arguments, diagnostics);
    let named = named.filter(|_| !segments.iter().any(|segment| matches!(segment, Segment::Text(_))));
    for segment in segments {
        match (segment, &name) {
            (Segment::Clause(clause), Name::Missing) => match named.and_then(|named| clause.as_name(named.noun)) {
                Some((text, message)) => name = reported(named, &text, clause.key, &message, diagnostics),
                None => written.push(clause),
            },
            (Segment::Clause(clause), _) => written.push(clause),
            (Segment::Text(text), Name::Missing) => {
                if !written.is_empty() {
                    diagnostics.error(&text, "the name stands first", format_args!("move {text} before the clauses"));
                }
                name = Name::Written(text);
            }
            (Segment::Text(text), _) => {
                diagnostics.error(text.to_token_stream(), "a second name", "leave one of the names out");
            }
            (Segment::Unread(tokens), Name::Missing) if named.is_some() && written.is_empty() => {
                let text = name_in(&tokens);
                let text = text.unwrap_or_else(|| named.map_or("", |named| named.example).to_owned());
                let noun = named.map_or("", |named| named.noun);
                let message = format!("the name of a {noun} is a string literal");
                name = reported(named, &text, tokens, &message, diagnostics);
            }
            (Segment::Unread(tokens), _) => unread(tokens, diagnostics),
        }
    }
    (name, check(written, place, diagnostics))
}

/// Reports what stands for a name, and shows the name.
fn reported(
    named: Option<&Named<'_>>,
    text: &str,
    at: impl ToTokens,
    message: &str,
    diagnostics: &mut Diagnostics,
) -> Name {
    if let Some(Named { marker, .. }) = named {
        diagnostics.error(at, message, format_args!("write `#[{marker}({text:?})]`"));
    }
    Name::Reported(text.to_owned())
}
