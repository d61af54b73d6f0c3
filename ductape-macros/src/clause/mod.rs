//! What is written in an attribute? Clauses: `name = literal`, `name(…)` or `name`, and which of them are sound.

mod check;
mod docs;
mod grammar;
mod named;
mod place;
mod read;
mod right_form;
mod row;
mod source;
pub(crate) mod table;
mod tag;

use std::time::Duration;

use proc_macro2::{Ident, TokenStream};

pub(crate) use check::check;
pub(crate) use grammar::{Form, Segment, Written, name_in, parse, unread};
pub(crate) use named::{Name, Named, list};
pub(crate) use source::source;
pub(crate) use tag::tag_of;

use crate::literal::percent::Percent;
use crate::literal::rate::Rate;
use table::Row;

/// The sound clauses of one attribute.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clauses {
    sound: Vec<Clause>,
    /// The names of those that were meant, but are not sound: nobody should call them missing.
    faulty: Vec<String>,
    /// Names that are no clause, such as those that are still being typed.
    unknown: Vec<Ident>,
}

/// A clause that is known, stands where it may, and has a value of its kind.
#[derive(Debug, Clone)]
pub(crate) struct Clause {
    /// The user's own token: editors complete and document it.
    pub(crate) key: Ident,
    pub(crate) row: &'static Row,
    pub(crate) value: Value,
    /// The value's tokens, or the key where there are none: what an error about the value underlines.
    pub(crate) tokens: TokenStream,
}

/// The value of a clause, as far as the macro can know it.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(String),
    Duration(Duration),
    Rate(Rate),
    Percent(Percent),
    Count(u32),
    Number(f64),
    Flag(bool),
    Switch,
    /// One of the words of the clause's row.
    Word(&'static str),
    /// Rust: a path, a type, or an expression.
    Rust,
    Nested(Clauses),
}

impl Clauses {
    /// One clause alone.
    fn only(clause: Clause) -> Self {
        Self { sound: vec![clause], ..Self::default() }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Clause> {
        self.sound.iter()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Clause> {
        self.sound.iter().find(|clause| clause.row.name == name)
    }

    /// Whether it is given and sound.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether it is given, sound or not.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        self.has(name) || self.is_faulty(name)
    }

    pub(crate) fn unknown(&self) -> impl Iterator<Item = &Ident> {
        self.unknown.iter()
    }

    pub(crate) fn is_faulty(&self, name: &str) -> bool {
        self.faulty.iter().any(|faulty| faulty == name)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Clause::text)
    }
}

impl Clause {
    pub(crate) fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// `None` where only the compiler knows it.
    pub(crate) fn duration(&self) -> Option<Duration> {
        if let Value::Duration(duration) = self.value { Some(duration) } else { None }
    }

    /// `None` where only the compiler knows it.
    pub(crate) fn count(&self) -> Option<u32> {
        if let Value::Count(count) = self.value { Some(count) } else { None }
    }

    pub(crate) fn nested(&self) -> Option<&Clauses> {
        if let Value::Nested(clauses) = &self.value { Some(clauses) } else { None }
    }
}
