use std::any::Any;
use std::collections::{HashMap, VecDeque};
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;
use std::time::Duration;

use rand::RngExt;
use rand::rngs::SmallRng;

use crate::Name;
use crate::engine::Seeds;
use crate::sync::{Mutex, lock};

/// What a runtime's providers and healthchecks do instead of what their code says, and how often they were called.
#[derive(Default)]
pub(crate) struct Script(Mutex<Book>);

#[derive(Default)]
struct Book {
    faults: Vec<(Whom, VecDeque<Step>)>,
    calls: HashMap<(Name, Name), u64>,
    healthchecks: HashMap<String, bool>,
    /// Made when first asked for.
    random: Option<SmallRng>,
}

/// The provider of one plan, or of that name in any.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Whom {
    pub(super) plan: Option<String>,
    pub(super) provider: String,
}

/// What happens in some calls in a row.
pub(super) struct Step {
    act: Act,
    after: Duration,
    /// `None` for all that follow.
    calls: Option<u32>,
    share: f64,
}

/// What an attempt does.
#[derive(Clone)]
pub(super) enum Act {
    /// What its block says.
    Pass,
    /// It fails with an error of this type.
    Fail(MakeError, &'static str),
    Hang,
    Panic(String),
}

pub(super) type MakeError = Arc<dyn Fn() -> Box<dyn Any> + Send + Sync>;

/// What is to become of one attempt.
pub(crate) struct Fault {
    pub(super) act: Act,
    pub(super) after: Duration,
}

impl Script {
    /// What becomes of the next attempt.
    pub(crate) fn next(&self, plan: &Name, provider: &Name, seeds: &Seeds) -> Option<Fault> {
        let book = &mut *lock(&self.0);
        *book.calls.entry((plan.clone(), provider.clone())).or_default() += 1;
        let of_plan =
            |whom: &Whom| whom.provider == **provider && whom.plan.as_deref().is_none_or(|tag| tag == &**plan);
        let mut scripts = book.faults.iter_mut().filter(|(whom, steps)| of_plan(whom) && !steps.is_empty());
        // What is said of one plan goes before what is said of all.
        let first = scripts.next()?;
        let (_, steps) =
            if first.0.plan.is_some() { first } else { scripts.find(|(whom, _)| whom.plan.is_some()).unwrap_or(first) };
        let step = steps.front_mut()?;
        let random = book.random.get_or_insert_with(|| seeds.generator_of("faults"));
        let fault = random.random_bool(step.share).then(|| Fault { act: step.act.clone(), after: step.after });
        if let Some(left) = &mut step.calls {
            *left -= 1;
            if *left == 0 {
                steps.pop_front();
            }
        }
        fault
    }

    /// A script for these providers, in place of the one they had.
    pub(super) fn begin(&self, whom: &Whom) {
        let book = &mut *lock(&self.0);
        book.faults.retain(|(known, _)| known != whom);
        book.faults.push((whom.clone(), VecDeque::new()));
    }

    /// The next step; the one before it is for one call unless it said otherwise.
    pub(super) fn append(&self, whom: &Whom, act: Act) {
        self.with_steps(whom, |steps| {
            if let Some(last) = steps.back_mut() {
                last.calls.get_or_insert(1);
            }
            steps.push_back(Step { act, after: Duration::ZERO, calls: None, share: 1.0 });
        });
    }

    /// Changes the last step; without one, what the provider's code says is it.
    pub(super) fn change(&self, whom: &Whom, change: impl FnOnce(&mut Step)) {
        self.with_steps(whom, |steps| {
            if steps.is_empty() {
                steps.push_back(Step { act: Act::Pass, after: Duration::ZERO, calls: None, share: 1.0 });
            }
            if let Some(last) = steps.back_mut() {
                change(last);
            }
            steps.retain(|step| step.calls != Some(0));
        });
    }

    fn with_steps(&self, whom: &Whom, then: impl FnOnce(&mut VecDeque<Step>)) {
        if let Some((_, steps)) = lock(&self.0).faults.iter_mut().find(|(known, _)| known == whom) {
            then(steps);
        }
    }

    /// How many attempts the provider's code, or a fault in its place, was given.
    pub(super) fn calls(&self, plan: &str, provider: &str) -> u64 {
        let book = lock(&self.0);
        let of = book.calls.iter().filter(|((of, to), _)| **of == *plan && **to == *provider);
        of.map(|(_, calls)| calls).sum()
    }

    /// What a healthcheck's probes answer instead of what their code says; `None` for what that says.
    pub(super) fn answer(&self, healthcheck: &str, good: Option<bool>) {
        let book = &mut *lock(&self.0);
        match good {
            Some(good) => book.healthchecks.insert(healthcheck.to_owned(), good),
            None => book.healthchecks.remove(healthcheck),
        };
    }

    pub(crate) fn answer_of(&self, healthcheck: &str) -> Option<bool> {
        lock(&self.0).healthchecks.get(healthcheck).copied()
    }
}

impl Step {
    pub(super) fn for_calls(&mut self, calls: u32) {
        self.calls = Some(calls);
    }

    pub(super) fn after(&mut self, delay: Duration) {
        self.after = delay;
    }

    pub(super) fn with_probability(&mut self, share: f64) {
        self.share = share;
    }
}

impl Debug for Script {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script").finish_non_exhaustive()
    }
}
