//! Is the definition sound? Each rule of the definition in a place of its own; everything wrong is reported.

mod cache;
mod effects;
mod layout;
mod names;
mod order;
mod policies;
mod sums;

use super::ast::Ast;
use super::model::{Body, Model};
use crate::clause::tag_of;
use crate::diagnostics::Diagnostics;
use crate::signature;
use layout::Layout;

pub(crate) use effects::{in_vain, max_and_base};
pub(super) use policies::OF_RATE;
pub(super) use sums::entry;

/// Checks everything, and puts defaults in the place of what is wrong.
pub(crate) fn validate(ast: Ast, diagnostics: &mut Diagnostics) -> Model {
    let Ast { kind, mut function, clauses, inner, pieces, is_read } = ast;
    let tag = tag_of(&function.sig.ident, &clauses, diagnostics);
    if !is_read {
        return Model { kind, function, tag, clauses, body: None };
    }
    let returns = signature::check(&kind.subject(), &mut function, diagnostics);
    let Layout { prelude, mut providers, degrade, is_whole } =
        layout::arrange(kind, &function, &clauses, pieces, diagnostics);
    names::unique(&mut providers, diagnostics);
    effects::check(&clauses, &providers, diagnostics);
    cache::check(&function, &clauses, diagnostics);
    super::json::check(&function, &clauses, diagnostics);
    policies::check(&clauses, &providers, diagnostics);
    if is_whole {
        sums::weights(kind, &function, &clauses, &providers, diagnostics);
        effects::hedge_alone(&clauses, &providers, diagnostics);
    }
    sums::deadline(&clauses, &providers, degrade.as_ref(), diagnostics);
    let providers = providers.into_iter().map(|named| named.provider).collect();
    let body = returns.map(|returns| Body { returns, inner, prelude, providers, degrade });
    Model { kind, function, tag, clauses, body }
}
