//! What is a plan, once it is known to be sound? Everything that the expansion needs, and nothing that could be wrong.

use proc_macro2::{Group, Ident, Span, TokenStream};
use syn::Type;

use super::Kind;
use crate::clause::{Clause, Clauses};
use crate::function::Function;

/// A plan.
pub(crate) struct Model {
    pub(crate) kind: Kind,
    pub(crate) function: Function,
    pub(crate) tag: String,
    pub(crate) clauses: Clauses,
    /// `None` where the signature leaves nothing to be lowered to: then the function is there, and no more.
    pub(crate) body: Option<Body>,
}

/// What the function's body consists of.
pub(crate) struct Body {
    pub(crate) returns: Type,
    /// `#![…]` at its head, as `#[…]`.
    pub(crate) inner: TokenStream,
    /// What runs once, before the run.
    pub(crate) prelude: TokenStream,
    pub(crate) providers: Vec<Provider>,
    pub(crate) degrade: Option<Aside>,
}

/// A provider with its block.
pub(crate) struct Provider {
    pub(crate) name: String,
    /// Where errors about the provider point to.
    pub(crate) span: Span,
    pub(crate) clauses: Clauses,
    pub(crate) docs: String,
    pub(crate) attrs: TokenStream,
    pub(crate) braces: Group,
    pub(crate) reconcile: Option<Aside>,
    /// Of a quota, with a share of its traffic.
    pub(crate) shares: bool,
}

/// A `#[reconcile]` or a `#[degrade]` block.
pub(crate) struct Aside {
    pub(crate) marker: Ident,
    pub(crate) clauses: Clauses,
    pub(crate) attrs: TokenStream,
    pub(crate) braces: Group,
}

impl Provider {
    /// A policy: the provider's own, else that of its plan.
    pub(crate) fn policy<'a>(&'a self, plan: &'a Clauses, name: &str) -> Option<&'a Clause> {
        if self.clauses.mentions(name) { self.clauses.get(name) } else { plan.get(name) }
    }

    /// The policies that it takes from its plan.
    pub(crate) fn inherits(&self, clause: &Clause) -> bool {
        clause.row.is_policy() && !self.clauses.mentions(clause.row.name)
    }
}
