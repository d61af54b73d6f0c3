//! Whose results a cache keeps: those of a definition that is gone, or that yields something else now, are not those of
//! what stands in its place.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ductape_definition::{Choice, ChoiceKind, Definition, Mapping};

use crate::compile::{Callee, Runnable};

/// A number for what the plan of each tag yields: another one after a change of that.
#[derive(Debug, Default, Clone)]
pub(crate) struct Editions {
    by_tag: HashMap<String, u64>,
    newest: u64,
}

impl Editions {
    /// As long as it is the same, results are.
    pub(crate) fn of(&self, tag: &str) -> u64 {
        self.by_tag.get(tag).copied().unwrap_or_default()
    }

    /// Follows a change of what has the tag, in all that runs it.
    pub(crate) fn follow(
        &mut self,
        tag: &str,
        before: Option<&Definition>,
        next: Option<&Definition>,
        plans: &HashMap<String, Arc<Runnable>>,
    ) {
        if before.zip(next).is_some_and(|(before, next)| still_yields(before, next)) {
            return;
        }
        let mut callers: HashMap<&str, Vec<&str>> = HashMap::new();
        for (caller, plan) in plans {
            for step in &plan.steps {
                if let Callee::Definition(called) = &step.callee {
                    callers.entry(called).or_default().push(caller);
                }
            }
        }
        let (mut open, mut seen) = (vec![tag], HashSet::from([tag]));
        while let Some(tag) = open.pop() {
            self.newest += 1;
            self.by_tag.insert(tag.to_owned(), self.newest);
            let around = callers.get(tag).into_iter().flatten().copied();
            open.extend(around.filter(|caller| seen.insert(caller)));
        }
        self.by_tag.retain(|tag, _| plans.contains_key(tag));
    }
}

/// Whether all that the one may have yielded may come from the other as well. Policies do not count: they decide when a
/// provider is called, not what it yields.
fn still_yields(before: &Definition, next: &Definition) -> bool {
    match (before, next) {
        (Definition::Feature(before), Definition::Feature(next)) => {
            let events = |feature: &ductape_definition::Feature| {
                let mut events = feature.events.clone();
                for event in &mut events {
                    event.policies = ductape_definition::Policies::default();
                }
                events
            };
            before.output == next.output && events(before) == events(next)
        }
        (Definition::Fallback(before), Definition::Fallback(next)) => {
            options_stay(before.options.iter().zip(before.providers()), next.options.iter().zip(next.providers()))
        }
        (Definition::Quota(before), Definition::Quota(next)) => {
            options_stay(before.choices().zip(before.providers()), next.choices().zip(next.providers()))
        }
        _ => false,
    }
}

fn options_stay<'a>(
    before: impl Iterator<Item = (&'a Choice, String)>,
    next: impl Iterator<Item = (&'a Choice, String)>,
) -> bool {
    type Yields<'a> = (ChoiceKind, Option<&'a str>, &'a str, Option<&'a Mapping>, Option<&'a Mapping>);
    fn yields(choice: &Choice) -> Yields<'_> {
        (choice.kind, choice.app.as_deref(), &choice.event, choice.input.as_ref(), choice.output.as_ref())
    }
    let next: HashMap<_, _> = next.map(|(choice, provider)| (provider, yields(choice))).collect();
    let mut before = before;
    before.all(|(choice, provider)| next.get(&provider) == Some(&yields(choice)))
}
