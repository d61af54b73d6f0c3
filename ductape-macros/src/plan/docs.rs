//! What does hovering over the function show? The user's own words, then the providers and the worst case.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Attribute;

use super::Kind;
use super::model::{Body, Model, Provider};
use super::validate::entry;
use super::words::{code, value};
use crate::body::doc;
use crate::clause::table::{DEFAULT_BASE, DEFAULT_MAX, DEFAULT_TIMEOUT};
use crate::clause::{Clause, Clauses, Value};
use crate::literal::duration::{show, show_roughly};

/// The function's attributes, with the generated part of the documentation behind its first paragraph.
pub(super) fn documented(model: &Model, body: &Body) -> TokenStream {
    inserted(&model.function.attrs, lines(model, body))
}

/// The attributes, with lines of documentation behind the first paragraph.
pub(crate) fn inserted(attrs: &[Attribute], mut lines: Vec<String>) -> TokenStream {
    let (before, after) = attrs.split_at(end_of_first_paragraph(attrs));
    if before.iter().any(is_doc) {
        lines.insert(0, String::new());
    }
    quote!(#(#before)* #(#[doc = #lines])* #(#after)*)
}

fn is_doc(attribute: &Attribute) -> bool {
    doc(&attribute.meta).is_some()
}

/// Behind the last attribute, where a single one holds several paragraphs.
fn end_of_first_paragraph(attrs: &[Attribute]) -> usize {
    let mut begun = false;
    for (at, line) in attrs.iter().enumerate().filter_map(|(at, attribute)| Some((at, doc(&attribute.meta)?))) {
        if line.trim().is_empty() && begun {
            return at;
        }
        if line.trim().contains('\n') {
            return attrs.len();
        }
        begun |= !line.trim().is_empty();
    }
    attrs.len()
}

fn lines(model: &Model, body: &Body) -> Vec<String> {
    let mut lines = vec![heading(model), String::new()];
    let columns: Vec<_> = columns(model.kind)
        .iter()
        .map(|title| {
            let cells = body.providers.iter().enumerate().map(|(at, provider)| cell(title, at, provider, model));
            (*title, cells.collect::<Vec<_>>())
        })
        .filter(|(_, cells)| cells.iter().any(Option::is_some))
        .collect();
    lines.push(row(columns.iter().map(|(title, _)| title.replace('_', " "))));
    lines.push(row(columns.iter().map(|_| "---".to_owned())));
    for at in 0..body.providers.len() {
        let cells = columns.iter().map(|(title, cells)| match cells.get(at) {
            Some(Some(cell)) => cell.clone(),
            _ => default(title),
        });
        lines.push(row(cells));
    }
    lines.push(String::new());
    let last: Vec<_> = limits(model, body).into_iter().chain(worst_case(model, body)).collect();
    if !last.is_empty() {
        lines.push(last.join(" "));
    }
    lines
}

/// The titles of the table; those of which no provider says anything are left out.
fn columns(kind: Kind) -> &'static [&'static str] {
    const COLUMNS: [&str; 14] = [
        "provider",
        "role",
        "weight",
        "retries",
        "backoff",
        "timeout",
        "reconcile",
        "healthcheck",
        "when",
        "breaker",
        "bulkhead",
        "rate_limit",
        "dependency",
        "cost",
    ];
    match (kind, COLUMNS.split_at(2)) {
        (Kind::Action, (_, rest)) => rest,
        _ => &COLUMNS,
    }
}

/// What a provider says in a column.
fn cell(title: &str, at: usize, provider: &Provider, model: &Model) -> Option<String> {
    match title {
        "provider" => Some(code(&provider.name)),
        "role" => Some(role(model.kind, at, provider).to_owned()),
        "reconcile" => provider.reconcile.as_ref().map(|aside| match aside.clauses.get("after") {
            Some(after) => format!("after {}", value(after)),
            None => "yes".to_owned(),
        }),
        _ => provider.policy(&model.clauses, title).map(value),
    }
}

fn role(kind: Kind, at: usize, provider: &Provider) -> &'static str {
    match kind {
        Kind::Quota if provider.shares => "provider",
        Kind::Fallback if at == 0 => "primary",
        _ => "fallback",
    }
}

/// What holds for the run as a whole.
fn limits(model: &Model, body: &Body) -> Vec<String> {
    let plan = &model.clauses;
    let at_most_once = plan.has("at_most_once").then(|| "At most once.".to_owned());
    let deadline = plan.get("deadline").map(|clause| format!("Deadline: {}.", value(clause)));
    let budget = plan.get("retry_budget").map(|clause| format!("Retry budget: {}.", value(clause)));
    let hedge = plan.get("hedge").map(|clause| format!("Hedged after {}.", value(clause)));
    let cache = plan.get("cache").map(|clause| format!("Cached for {}.", value(clause)));
    let degrade = body.degrade.as_ref().map(|aside| {
        let timeout = aside.clauses.get("timeout").map_or_else(|| show(DEFAULT_TIMEOUT), value);
        format!("When nothing else is left, it degrades, within {timeout}.")
    });
    at_most_once.into_iter().chain(deadline).chain(budget).chain(hedge).chain(cache).chain(degrade).collect()
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
pub(crate) fn row(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<_> = cells.map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
    format!("| {} |", cells.join(" | "))
}

/// What holds for a provider that says nothing, where another one does.
fn default(title: &str) -> String {
    match title {
        "retries" | "cost" => "0".to_owned(),
        "timeout" => show(DEFAULT_TIMEOUT),
        _ => String::new(),
    }
}

/// The most attempts, and the longest time, of a run; nothing where only the compiler knows.
fn worst_case(model: &Model, body: &Body) -> Option<String> {
    let plan = &model.clauses;
    let mut turns = Vec::new();
    for provider in &body.providers {
        // A drained provider has no turn, and only the compiler knows whether a constant is 0.
        let drained = provider.clauses.get("weight").map_or(Some(false), |weight| Some(weight.count()? == 0))?;
        if !drained {
            turns.push(longest_turn(provider, plan)?);
        }
    }
    let alone = match plan.get("failover").map(|clause| &clause.value) {
        None => false,
        Some(Value::Flag(failover)) => !failover,
        Some(_) => return None,
    };
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
    Some(format!("Worst case: {attempts}, {}.", show_roughly(time)))
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
    let attempt = entry(provider, plan)?.saturating_add(timeout);
    Some((u64::from(tries), attempt.saturating_add(question).saturating_mul(tries).saturating_add(waits)))
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
pub(crate) fn first_paragraph(attrs: &[Attribute]) -> Option<String> {
    let lines: Vec<_> = attrs.iter().filter_map(|attribute| doc(&attribute.meta)).collect();
    let text = lines.join("\n");
    let lines = text.lines().map(str::trim).skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty());
    let paragraph = lines.collect::<Vec<_>>().join(" ");
    (!paragraph.is_empty()).then_some(paragraph)
}
