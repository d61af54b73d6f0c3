//! Effects and waits: what `at_most_once`, `#[reconcile]`, `hedge` and `backoff` ask for.

use super::layout::Named;
use crate::clause::table::{DEFAULT_BASE, DEFAULT_MAX};
use crate::clause::{Clause, Clauses, Value};
use crate::diagnostics::Diagnostics;
use crate::literal::duration::show;

pub(super) fn check(clauses: &Clauses, providers: &[Named], diagnostics: &mut Diagnostics) {
    at_most_once(clauses, diagnostics);
    hedge(clauses, diagnostics);
    reconcile(clauses, providers, diagnostics);
    backoff(clauses, providers, diagnostics);
}

/// Without `classify` every error means that another try is safe.
fn at_most_once(clauses: &Clauses, diagnostics: &mut Diagnostics) {
    if let (Some(clause), false) = (clauses.get("at_most_once"), clauses.mentions("classify")) {
        let help = "write `classify(path)` too: only you know which errors mean that nothing happened";
        diagnostics.error(&clause.key, "`at_most_once` needs `classify`", help);
    }
}

/// A hedge does the work of one that may still succeed, and goes on to the next provider.
fn hedge(clauses: &Clauses, diagnostics: &mut Diagnostics) {
    let Some(clause) = clauses.get("hedge") else { return };
    if clauses.mentions("at_most_once") {
        let help = "leave `hedge` out: it does the work again while it is still being done";
        diagnostics.error(&clause.key, "an `at_most_once` plan cannot have a `hedge`", help);
    }
    if clauses.get("failover").is_some_and(|clause| matches!(clause.value, Value::Flag(false))) {
        let help = "leave `hedge` out, or `failover = false`";
        diagnostics.error(&clause.key, "without failover there is no next provider for a `hedge`", help);
    }
}

/// In a fallback there is another provider, or an error already.
pub(super) fn hedge_alone(clauses: &Clauses, providers: &[Named], diagnostics: &mut Diagnostics) {
    if let (Some(clause), [named]) = (clauses.get("hedge"), providers)
        && named.provider.shares
    {
        let help = "leave `hedge` out, or write a second `#[provider(\"…\", weight = …)]`";
        diagnostics.error(&clause.key, "a `hedge` needs a second provider to start", help);
    }
}

/// Elsewhere nothing is ever ambiguous.
fn reconcile(clauses: &Clauses, providers: &[Named], diagnostics: &mut Diagnostics) {
    if clauses.mentions("at_most_once") {
        return;
    }
    for aside in providers.iter().filter_map(|named| named.provider.reconcile.as_ref()) {
        let help = "write `at_most_once` among the plan's clauses: elsewhere a lost answer is tried again";
        diagnostics.error(&aside.marker, "`#[reconcile]` needs `at_most_once`", help);
    }
}

fn backoff(clauses: &Clauses, providers: &[Named], diagnostics: &mut Diagnostics) {
    let nothing_retries = |named: &Named| {
        let faulty = [&named.provider.clauses, clauses].iter().any(|clauses| clauses.is_faulty("retries"));
        let retries = named.provider.policy(clauses, "retries").map_or(Some(0), Clause::count);
        !faulty && retries == Some(0)
    };
    let own = providers.iter().filter(|named| nothing_retries(named));
    let own = own.filter_map(|named| named.provider.clauses.get("backoff"));
    let of_plan = clauses.get("backoff").filter(|_| !providers.is_empty() && providers.iter().all(nothing_retries));
    for clause in own.chain(of_plan) {
        in_vain(clause, diagnostics);
    }
    let of_providers = providers.iter().filter_map(|named| named.provider.clauses.get("backoff"));
    for clause in of_providers.chain(clauses.get("backoff")) {
        if let Some(waits) = clause.nested() {
            max_and_base(waits, diagnostics);
        }
    }
}

/// A `backoff` where nothing is tried again.
pub(crate) fn in_vain(backoff: &Clause, diagnostics: &mut Diagnostics) {
    let help = "write `retries = 2` as well, or leave `backoff` out";
    diagnostics.error(&backoff.key, "`backoff` waits between tries, but nothing is tried again here", help);
}

/// The longest wait is at least the first.
pub(crate) fn max_and_base(waits: &Clauses, diagnostics: &mut Diagnostics) {
    if waits.is_faulty("base") || waits.is_faulty("max") {
        return;
    }
    let base = waits.get("base").map_or(Some(DEFAULT_BASE), Clause::duration);
    let max = waits.get("max").map_or(Some(DEFAULT_MAX), Clause::duration);
    let (Some(base), Some(max), Some(given)) = (base, max, waits.get("max").or_else(|| waits.get("base"))) else {
        return;
    };
    if max < base {
        let message = format_args!("the longest wait, {}, is below the first, {}", show(max), show(base));
        let help = format_args!("write `max = \"{0}\"` or more, or a shorter `base`", show(base));
        diagnostics.error(&given.tokens, message, help);
    }
}
