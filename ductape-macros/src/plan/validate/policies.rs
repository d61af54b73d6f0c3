//! Policies: what `breaker`, `bulkhead` and `rate_limit` ask of their own clauses.

use super::layout::Named;
use crate::clause::{Clause, Clauses, source};
use crate::diagnostics::{Diagnostics, list};

/// The clauses of the breaker that judges a share of the calls.
pub(crate) const OF_RATE: [&str; 4] = ["failure_rate", "window", "min_calls", "slow_call"];

pub(super) fn check(clauses: &Clauses, providers: &[Named], diagnostics: &mut Diagnostics) {
    let of_providers = providers.iter().flat_map(|named| named.provider.clauses.iter());
    for clause in of_providers.chain(clauses.iter()) {
        if clause.row.name == "breaker" {
            one_form(clause, diagnostics);
        }
        required(clause, diagnostics);
    }
}

/// A breaker counts failures in a row, or judges a share of the calls.
fn one_form(breaker: &Clause, diagnostics: &mut Diagnostics) {
    let Some(clauses) = breaker.nested() else { return };
    let Some(failures) = clauses.get("failures") else { return };
    let of_rate: Vec<_> = OF_RATE.into_iter().filter_map(|name| clauses.get(name)).collect();
    if of_rate.is_empty() {
        return;
    }
    let names = || of_rate.iter().map(|clause| clause.row.name);
    let message = format_args!(
        "`failures` belongs to a breaker that opens after failures in a row, and does not go with {}",
        list(names(), "and"),
    );
    let help = format_args!("leave `failures` out, or {}", list(names(), "and"));
    diagnostics.error(&failures.key, message, help);
    for other in of_rate {
        let message = format_args!("`{}` belongs to a breaker that opens by a share of the calls", other.key);
        diagnostics.beside(&other.key, message);
    }
}

fn required(clause: &Clause, diagnostics: &mut Diagnostics) {
    let (Some(inner), Some(clauses)) = (clause.row.needs(), clause.nested()) else { return };
    if clauses.mentions(inner.name) {
        return;
    }
    let key = &clause.key;
    let help = format_args!("write `{key}({}, {})`", inner.example, source(&clause.tokens));
    diagnostics.error(key, format_args!("`{key}(…)` needs `{}`", inner.name), help);
}
