//! Are the steps sound? Each has a name of its own, there are some, and not too many, and their waits make sense.

use super::{Kind, Step, deadline};
use crate::clause::table::MAX_PROVIDERS;
use crate::clause::{Clause, Clauses};
use crate::diagnostics::Diagnostics;
use crate::function::Function;
use crate::plan::validate::{in_vain, max_and_base};

pub(super) fn validate(
    kind: Kind,
    function: &Function,
    clauses: &Clauses,
    steps: &mut [Step],
    diagnostics: &mut Diagnostics,
) {
    let (noun, marker, example) = (kind.noun(), kind.marker(), kind.example());
    if steps.is_empty() && !diagnostics.any() {
        let help = format_args!("write `#[{marker}(\"{example}\")]` above a statement of its body");
        diagnostics.error(&function.sig.ident, format_args!("this {noun} has no {marker}s"), help);
    }
    unique(kind, steps, diagnostics);
    backoffs(clauses, steps, diagnostics);
    deadline::check(clauses, steps, diagnostics);
    let mut place = steps.len();
    for undo in steps.iter_mut().filter_map(|step| step.undo.as_mut()) {
        undo.place = place;
        place += 1;
    }
    if place > MAX_PROVIDERS
        && let Some(step) = steps.last()
    {
        let undos = if kind == Kind::Workflow { " and undos" } else { "" };
        let message = format_args!("a {noun} has at most {MAX_PROVIDERS} {marker}s{undos}, and this one has {place}");
        let help = format_args!("divide it: a {marker} may call another {noun}");
        diagnostics.error(&step.marker, message, help);
    }
}

/// No two steps have one name; those that have none get one.
fn unique(kind: Kind, steps: &mut [Step], diagnostics: &mut Diagnostics) {
    let marker = kind.marker();
    for at in 0..steps.len() {
        let (before, rest) = steps.split_at_mut(at);
        let Some(step) = rest.first_mut() else { return };
        if step.name.is_empty() {
            step.name = format!("{marker}-{}", at + 1);
        }
        if let Some(first) = before.iter().find(|other| other.name == step.name) {
            let help = format_args!("a {marker}'s name is unique in its {}", kind.noun());
            let what = format_args!("the {marker} name `{}`", step.name);
            diagnostics.twice(&first.marker, &step.marker, what, help);
            step.name = format!("{marker}-{}", at + 1);
        }
    }
    for at in 0..steps.len() {
        let undone = |other: &&Step| other.undo.is_some() && steps[at].name.strip_suffix(".undo") == Some(&other.name);
        let Some(undone) = steps.iter().find(undone).map(|other| other.name.clone()) else { continue };
        let message = format_args!("`{}` is the name of the undo of the step `{undone}`", steps[at].name);
        diagnostics.error(&steps[at].marker, message, "give the step another name");
    }
}

fn backoffs(clauses: &Clauses, steps: &[Step], diagnostics: &mut Diagnostics) {
    let nothing_retries = |own: &Clauses, whole: Option<&Clauses>| {
        let faulty = own.is_faulty("retries") || whole.is_some_and(|whole| whole.is_faulty("retries"));
        let retries = own.get("retries").or_else(|| whole?.get("retries"));
        !faulty && retries.map_or(Some(0), Clause::count) == Some(0)
    };
    let undos = || steps.iter().filter_map(|step| step.undo.as_ref());
    let of_steps = steps.iter().map(|step| (&step.clauses, Some(clauses)));
    for (own, whole) in of_steps.chain(undos().map(|undo| (&undo.clauses, None))) {
        let Some(backoff) = own.get("backoff") else { continue };
        if nothing_retries(own, whole) {
            in_vain(backoff, diagnostics);
        }
        backoff.nested().into_iter().for_each(|waits| max_and_base(waits, diagnostics));
    }
    if let Some(backoff) = clauses.get("backoff") {
        if !steps.is_empty() && steps.iter().all(|step| nothing_retries(&step.clauses, Some(clauses))) {
            in_vain(backoff, diagnostics);
        }
        backoff.nested().into_iter().for_each(|waits| max_and_base(waits, diagnostics));
    }
}
