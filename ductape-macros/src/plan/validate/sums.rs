//! Sums: weights add up to their total, and a deadline leaves every provider a full attempt.
//!
//! Where a value is a constant that only the compiler knows, the expansion asks the compiler the same.

use std::time::Duration;

use super::layout::Named;
use crate::clause::table::{DEFAULT_TIMEOUT, DEFAULT_TOTAL};
use crate::clause::{Clause, Clauses};
use crate::diagnostics::Diagnostics;
use crate::function::Function;
use crate::literal::duration::show;
use crate::plan::Kind;
use crate::plan::ast::Role;
use crate::plan::model::{Aside, Provider};

pub(super) fn weights(
    kind: Kind,
    function: &Function,
    clauses: &Clauses,
    providers: &[Named],
    diagnostics: &mut Diagnostics,
) {
    let sharing: Vec<_> = providers.iter().filter(|named| named.provider.shares).collect();
    if kind != Kind::Quota || sharing.is_empty() {
        return;
    }
    let total = clauses.get("total").map_or(Some(DEFAULT_TOTAL), Clause::count);
    let total = total.filter(|_| !clauses.is_faulty("total"));
    let weights: Vec<_> =
        sharing.iter().map(|named| named.provider.clauses.get("weight").and_then(Clause::count)).collect();
    missing(&sharing, &weights, total, diagnostics);
    let (true, Some(total)) = (weights.iter().all(Option::is_some), total) else { return };
    let sum = sum(&weights);
    let last = sharing.last().and_then(|named| named.provider.clauses.get("weight"));
    let at = last.map_or_else(|| quote::ToTokens::to_token_stream(&function.sig.ident), |weight| weight.tokens.clone());
    if sum == 0 {
        let help = format_args!("write weights that add up to {total}; 0 is a drained provider");
        diagnostics.error(at, "all weights are 0, so that no provider gets any traffic", help);
    } else if sum != u64::from(total) {
        let help = format_args!("write weights that add up to {total}, or `total = {sum}` among the quota's clauses");
        diagnostics.error(at, format_args!("the weights add up to {sum}, but must add up to {total}"), help);
    }
}

/// Every `#[provider]` has a weight; that of the only one without is what the others leave.
fn missing(sharing: &[&Named], weights: &[Option<u32>], total: Option<u32>, diagnostics: &mut Diagnostics) {
    let only = weights.iter().flatten().count() + 1 == weights.len();
    let rest = total.and_then(|total| u64::from(total).checked_sub(sum(weights)));
    let rest = rest.filter(|rest| only && *rest > 0).unwrap_or(70);
    let sum = total.map(|total| format!(": the weights add up to {total}")).unwrap_or_default();
    for Named { provider, marker, .. } in sharing {
        let Some((Role::Provider, marker)) = marker else { continue };
        if !provider.clauses.mentions("weight") {
            let help = format_args!("write `#[{marker}(\"{}\", weight = {rest})]`{sum}", provider.name);
            diagnostics.error(marker, "a provider of a quota needs a `weight`", help);
        }
    }
}

fn sum(weights: &[Option<u32>]) -> u64 {
    weights.iter().flatten().copied().map(u64::from).sum()
}

/// The first attempts of all providers, one after the other, fit into the deadline.
pub(super) fn deadline(clauses: &Clauses, providers: &[Named], degrade: Option<&Aside>, diagnostics: &mut Diagnostics) {
    let Some((clause, deadline)) = clauses.get("deadline").and_then(|clause| Some((clause, clause.duration()?))) else {
        return;
    };
    let mut needs = Vec::new();
    for Named { provider, .. } in providers {
        let Some(need) = need(provider, clauses) else { return };
        needs.push((provider.name.as_str(), need));
    }
    if let Some(aside) = degrade {
        let Some(timeout) = timeout_of(&aside.clauses) else { return };
        needs.push(("degrade", timeout));
    }
    let mut sum = Duration::ZERO;
    let mut starved = None;
    for (name, need) in needs {
        sum = sum.saturating_add(need);
        if sum > deadline {
            starved = starved.or(Some(name));
        }
    }
    if let Some(name) = starved {
        let message = format_args!(
            "the providers need {}, but the deadline is {}: `{name}` can never be reached for a full attempt",
            show(sum),
            show(deadline),
        );
        let untimed = providers.iter().any(|named| named.provider.policy(clauses, "timeout").is_none());
        let default = if untimed {
            format!("; a `timeout` that is not given is {}", show(DEFAULT_TIMEOUT))
        } else {
            String::new()
        };
        let waits = providers.iter().any(|named| entry(&named.provider, clauses).is_some_and(|wait| !wait.is_zero()));
        let shorter = if waits { "shorter timeouts and waits" } else { "shorter timeouts" };
        let help = format_args!("write `deadline = \"{}\"` or more, or {shorter}{default}", show(sum));
        diagnostics.error(&clause.tokens, message, help);
    }
}

/// To be let in, one full attempt, and the question that may follow it; `None` where only the compiler knows, or it is
/// not sound.
fn need(provider: &Provider, plan: &Clauses) -> Option<Duration> {
    if is_faulty(provider, plan, "timeout") {
        return None;
    }
    let timeout = provider.policy(plan, "timeout").map_or(Some(DEFAULT_TIMEOUT), Clause::duration)?;
    let attempt = entry(provider, plan)?.saturating_add(timeout);
    let Some(aside) = &provider.reconcile else { return Some(attempt) };
    if aside.clauses.is_faulty("after") {
        return None;
    }
    let after = aside.clauses.get("after").map_or(Some(Duration::ZERO), Clause::duration)?;
    Some(attempt.saturating_add(after).saturating_add(timeout))
}

/// The clauses by which an attempt may wait to be let in.
const IN_ENTRY: [&str; 2] = ["bulkhead", "rate_limit"];

/// The longest wait to be let in to an attempt; `None` where only the compiler knows, or it is not sound.
pub(crate) fn entry(provider: &Provider, plan: &Clauses) -> Option<Duration> {
    // What a dependency has is used instead of what stands here.
    let shares = provider.policy(plan, "dependency").is_some();
    if shares || IN_ENTRY.iter().chain(&["dependency"]).any(|name| is_faulty(provider, plan, name)) {
        return None;
    }
    IN_ENTRY.iter().try_fold(Duration::ZERO, |sum, name| {
        let Some(clauses) = provider.policy(plan, name).and_then(Clause::nested) else { return Some(sum) };
        let wait = clauses.get("wait").map_or(Some(Duration::ZERO), Clause::duration)?;
        (!clauses.is_faulty("wait")).then(|| sum.saturating_add(wait))
    })
}

fn is_faulty(provider: &Provider, plan: &Clauses, name: &str) -> bool {
    provider.clauses.is_faulty(name) || plan.is_faulty(name)
}

fn timeout_of(degrade: &Clauses) -> Option<Duration> {
    if degrade.is_faulty("timeout") {
        return None;
    }
    degrade.get("timeout").map_or(Some(DEFAULT_TIMEOUT), Clause::duration)
}
