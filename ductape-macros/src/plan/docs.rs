//! What does hovering over the function show? The user's own words, then the providers and the worst case.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Attribute;

use super::Kind;
use super::model::{Body, Model, Provider};
use crate::body::doc;
use crate::clause::table::{DEFAULT_BASE, DEFAULT_MAX, DEFAULT_TIMEOUT};
use crate::clause::{Clause, Clauses, Value, source};
use crate::literal::duration::show;

/// The generated part of the documentation, as attributes.
pub(super) fn docs(model: &Model, body: &Body) -> TokenStream {
    let mut lines = Vec::new();
    if model.function.attrs.iter().any(|attribute| doc(&attribute.meta).is_some()) {
        lines.push(String::new());
    }
    lines.extend([heading(model), String::new()]);
    let columns: Vec<&str> = ["weight", "retries", "timeout", "healthcheck", "when"]
        .into_iter()
        .filter(|name| body.providers.iter().any(|provider| provider.policy(&model.clauses, name).is_some()))
        .collect();
    lines.push(cells(std::iter::once("provider").chain(columns.iter().copied()).map(str::to_owned)));
    lines.push(cells(std::iter::repeat_n("---".to_owned(), columns.len() + 1)));
    for provider in &body.providers {
        let values =
            columns.iter().map(|name| provider.policy(&model.clauses, name).map_or_else(|| default(name), value));
        lines.push(cells(std::iter::once(format!("`{}`", provider.name)).chain(values)));
    }
    lines.push(String::new());
    lines.extend(worst_case(model, body));
    quote!(#(#[doc = #lines])*)
}

fn heading(model: &Model) -> String {
    let kind = match model.kind {
        Kind::Fallback => "Fallback",
        Kind::Quota => "Quota",
        Kind::Action => "Action",
    };
    format!("**{kind} `{}`**", model.tag)
}

/// One row of a table; a `|` in an expression would end its cell.
fn cells(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<_> = cells.map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
    format!("| {} |", cells.join(" | "))
}

fn value(clause: &Clause) -> String {
    match &clause.value {
        Value::Count(count) => count.to_string(),
        Value::Duration(time) => show(*time),
        _ => format!("`{}`", source(&clause.tokens)),
    }
}

/// What holds for a provider that says nothing, where another one does.
fn default(name: &str) -> String {
    match name {
        "retries" => "0".to_owned(),
        "timeout" => show(DEFAULT_TIMEOUT),
        _ => String::new(),
    }
}

/// The most attempts, and the longest time, of a run; nothing where only the compiler knows.
fn worst_case(model: &Model, body: &Body) -> Option<String> {
    let plan = &model.clauses;
    let turning =
        body.providers.iter().filter(|provider| provider.clauses.get("weight").and_then(Clause::count) != Some(0));
    let turns: Vec<(u64, Duration)> = turning.map(|provider| longest_turn(provider, plan)).collect::<Option<_>>()?;
    let alone = plan.get("failover").is_some_and(|clause| matches!(clause.value, Value::Flag(false)));
    let (attempts, time) = if alone {
        (turns.iter().map(|turn| turn.0).max()?, turns.iter().map(|turn| turn.1).max()?)
    } else {
        turns.iter().fold((0, Duration::ZERO), |sum, turn| (sum.0 + turn.0, sum.1.saturating_add(turn.1)))
    };
    let degrade = match &body.degrade {
        Some(aside) => aside.clauses.get("timeout").map_or(Some(DEFAULT_TIMEOUT), Clause::duration)?,
        None => Duration::ZERO,
    };
    let time = time.saturating_add(degrade);
    let time = match plan.get("deadline") {
        Some(clause) => clause.duration()?.min(time),
        None => time,
    };
    let attempts = if attempts == 1 { "1 attempt".to_owned() } else { format!("{attempts} attempts") };
    Some(format!("Worst case: {attempts}, {}.", show(time)))
}

/// Every try at full length, every wait at its bound, and every question asked to the end.
fn longest_turn(provider: &Provider, plan: &Clauses) -> Option<(u64, Duration)> {
    let retries = provider.policy(plan, "retries").map_or(Some(0), Clause::count)?;
    let timeout = provider.policy(plan, "timeout").map_or(Some(DEFAULT_TIMEOUT), Clause::duration)?;
    let tries = retries.saturating_add(1);
    let waits = longest_waits(provider.policy(plan, "backoff").and_then(Clause::nested), retries)?;
    let question = match &provider.reconcile {
        Some(aside) => {
            let after = aside.clauses.get("after").map_or(Some(Duration::ZERO), Clause::duration)?;
            after.saturating_add(timeout.saturating_mul(tries)).saturating_add(waits)
        }
        None => Duration::ZERO,
    };
    Some((u64::from(tries), timeout.saturating_add(question).saturating_mul(tries).saturating_add(waits)))
}

fn longest_waits(backoff: Option<&Clauses>, retries: u32) -> Option<Duration> {
    let wait = |name, default| backoff.and_then(|waits| waits.get(name)).map_or(Some(default), Clause::duration);
    let (base, max) = (wait("base", DEFAULT_BASE)?, wait("max", DEFAULT_MAX)?);
    let factor = match backoff.and_then(|waits| waits.get("factor")).map(|clause| &clause.value) {
        None => 2.0,
        Some(Value::Number(factor)) => *factor,
        Some(_) => return None,
    };
    let mut sum = Duration::ZERO;
    let mut wait = base.as_secs_f64();
    for n in 0..retries {
        // From the first wait at the maximum on, and where waits are constant, all that follow are the same.
        let bound = if wait < max.as_secs_f64() { Duration::from_secs_f64(wait) } else { max };
        if bound == max || factor <= 1.0 {
            return Some(sum.saturating_add(bound.saturating_mul(retries - n)));
        }
        sum = sum.saturating_add(bound);
        wait *= factor;
    }
    Some(sum)
}

/// The first paragraph of a doc comment, on one line.
pub(super) fn first_paragraph(attrs: &[Attribute]) -> Option<String> {
    let lines: Vec<_> = attrs.iter().filter_map(|attribute| doc(&attribute.meta)).collect();
    let text = lines.join("\n");
    let lines = text.lines().map(str::trim).skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty());
    let paragraph = lines.collect::<Vec<_>>().join(" ");
    (!paragraph.is_empty()).then_some(paragraph)
}
