//! Healthchecks: `#[healthcheck]`, from the user's function to the static of its name.

mod expand;
mod signature;

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{ToTokens, quote};

use crate::clause::table::Place;
use crate::clause::{self, Clauses, Segment};
use crate::diagnostics::Diagnostics;
use crate::function::{self, Function};
use signature::{Form, Probed};

/// A healthcheck that is known to be sound.
struct Model {
    function: Function,
    tag: String,
    clauses: Clauses,
    probed: Probed,
    /// Whether the function can be called as a probe.
    sound: bool,
}

/// What the attribute makes of the function under it.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut function = match function::parse("healthcheck", item) {
        Ok(function) => function,
        Err(instead) => return instead,
    };
    let mut diagnostics = Diagnostics::default();
    if !function::alone("healthcheck", &mut function, &mut diagnostics) {
        let mut body = Group::new(Delimiter::Brace, quote!(loop {}));
        body.set_span(function.body.span());
        function.body = body;
    }
    let clauses = clauses(arguments, &function, &mut diagnostics);
    let tag = clause::tag_of(&function.sig.ident, &clauses, &mut diagnostics);
    let mut tokens = match signature::check(&mut function, &mut diagnostics) {
        Form::Sound(probed) => expand::expand(&Model { function, tag, clauses, probed, sound: true }),
        Form::Unsound(probed) => expand::expand(&Model { function, tag, clauses, probed, sound: false }),
        Form::Method => function.into_token_stream(),
    };
    tokens.extend(diagnostics.into_tokens());
    tokens
}

fn clauses(arguments: TokenStream, function: &Function, diagnostics: &mut Diagnostics) -> Clauses {
    let mut written = Vec::new();
    for segment in clause::parse(arguments, diagnostics) {
        match segment {
            Segment::Clause(clause) => written.push(clause),
            Segment::Unread(tokens) => clause::unread(tokens, diagnostics),
            Segment::Text(text) => {
                let help = format_args!("write `tag = {text}`");
                diagnostics.error(&text, "the tag of a healthcheck is given by its clause", help);
            }
        }
    }
    let clauses = clause::check(written, Place::Healthcheck, diagnostics);
    // An unknown clause may be the one that is missing.
    if !clauses.mentions("interval") && clauses.unknown().next().is_none() {
        let help = "write `#[healthcheck(interval = \"30s\")]`";
        diagnostics.error(&function.sig.ident, "a healthcheck needs an `interval`", help);
    }
    clauses
}
