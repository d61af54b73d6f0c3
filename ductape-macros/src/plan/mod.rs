//! Plans: `#[fallback]`, `#[quota]` and `#[action]`, from the user's text to what it becomes.

mod ast;
mod definition;
pub(crate) mod docs;
pub(crate) mod expand;
mod json;
mod model;
pub(crate) mod validate;
pub(crate) mod words;

use proc_macro2::TokenStream;

use crate::body::Markers;
use crate::clause::table::Place;
use crate::diagnostics::Diagnostics;
use crate::foreign;
use crate::function::{self, Subject};

/// Which attribute it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Fallback,
    Quota,
    Action,
}

/// What the attribute makes of the function under it.
pub(crate) fn expand(kind: Kind, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut function = match function::parse(kind.attribute(), item) {
        Ok(function) => function,
        Err(instead) => return instead,
    };
    let mut diagnostics = Diagnostics::default();
    let is_read = function::alone(kind.attribute(), &mut function, &mut diagnostics)
        && foreign::is_untouched(&kind.subject(), &mut function, &mut diagnostics);
    let ast = ast::read(kind, arguments, function, is_read, &mut diagnostics);
    let model = validate::validate(ast, &mut diagnostics);
    let mut tokens = expand::expand(&model, diagnostics.any());
    if !diagnostics.any() {
        tokens.extend(json::registration(&model));
    }
    tokens.extend(diagnostics.into_tokens());
    tokens
}

impl Kind {
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Kind::Fallback => "fallback",
            Kind::Quota => "quota",
            Kind::Action => "action",
        }
    }

    fn subject(self) -> Subject {
        Subject {
            attribute: self.attribute(),
            noun: "plan",
            returns: "write `-> ductape::Result<T, E>`, or `-> ductape::Result<Outcome<T>, E>` to learn how it went",
        }
    }

    fn markers(self) -> Markers {
        match self {
            Kind::Fallback => {
                Markers { all: &["primary", "fallback", "reconcile", "degrade"], usual: Some("fallback") }
            }
            Kind::Quota => Markers { all: &["provider", "fallback", "reconcile", "degrade"], usual: Some("provider") },
            Kind::Action => Markers { all: &["reconcile", "degrade"], usual: None },
        }
    }

    pub(crate) fn place(self) -> Place {
        match self {
            Kind::Fallback => Place::Fallback,
            Kind::Quota => Place::Quota,
            Kind::Action => Place::Action,
        }
    }
}
