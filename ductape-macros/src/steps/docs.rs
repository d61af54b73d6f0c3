//! What does hovering over the function show? The user's own words, then the steps and what bounds them.

use proc_macro2::TokenStream;

use super::{Kind, Model, Step};
use crate::clause::Clauses;
use crate::clause::table::DEFAULT_TIMEOUT;
use crate::literal::duration::show;
use crate::plan::docs::{inserted, row};
use crate::plan::words::{code, value};

/// The function's attributes, with the generated part of the documentation behind its first paragraph.
pub(super) fn documented(model: &Model) -> TokenStream {
    inserted(&model.function.attrs, lines(model))
}

fn lines(model: &Model) -> Vec<String> {
    let (title, steps) = match model.kind {
        Kind::Workflow => ("Workflow", "step"),
        Kind::Partial => ("Partial", "part"),
    };
    let mut lines = vec![format!("**{title} `{}`**", model.tag), String::new()];
    let columns: Vec<_> = ["retries", "backoff", "timeout", "undo"]
        .into_iter()
        .map(|title| (title, model.steps.iter().map(|step| cell(title, step, model)).collect::<Vec<_>>()))
        .filter(|(_, cells)| cells.iter().any(Option::is_some))
        .collect();
    let titles = || columns.iter().map(|(title, _)| (*title).to_owned());
    lines.push(row([steps.to_owned(), "required".to_owned()].into_iter().chain(titles())));
    lines.push(row(std::iter::repeat_n("---".to_owned(), columns.len() + 2)));
    for (at, step) in model.steps.iter().enumerate() {
        let head = [code(&step.name), if step.required { "yes" } else { "no" }.to_owned()];
        let cells = columns.iter().map(|(title, cells)| match cells.get(at) {
            Some(Some(cell)) => cell.clone(),
            _ => default(title),
        });
        lines.push(row(head.into_iter().chain(cells)));
    }
    lines.push(String::new());
    if let Some(deadline) = model.clauses.get("deadline") {
        lines.push(format!("Deadline: {}.", value(deadline)));
    }
    lines
}

fn cell(title: &str, step: &Step, model: &Model) -> Option<String> {
    match title {
        "undo" => step.undo.as_ref().map(|undo| described(&undo.clauses)),
        _ => step.policy(&model.clauses, title).map(value),
    }
}

/// `timeout 10s, retries 3`
fn described(undo: &Clauses) -> String {
    let timeout = undo.get("timeout").map_or_else(|| show(DEFAULT_TIMEOUT), value);
    let retries = undo.get("retries").map(|retries| format!(", retries {}", value(retries)));
    format!("timeout {timeout}{}", retries.unwrap_or_default())
}

/// What holds for a step that says nothing, where another one does.
fn default(title: &str) -> String {
    match title {
        "retries" => "0".to_owned(),
        "timeout" => show(DEFAULT_TIMEOUT),
        _ => String::new(),
    }
}
