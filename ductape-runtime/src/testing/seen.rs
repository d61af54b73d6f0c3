use std::fmt::{self, Display, Formatter};
use std::mem::discriminant;

use crate::Name;
use crate::observe::{Happened, RunEnd, RuntimeEvent};
use crate::trail::Skip;

/// What happened in a runtime, oldest first, from [`TestRuntime::seen`](super::TestRuntime::seen).
#[derive(Debug, Clone, Default)]
pub struct Seen(Vec<RuntimeEvent>);

/// The end of a run.
#[derive(Debug, Clone, Copy)]
pub struct LastRun<'s> {
    provider: Option<&'s Name>,
    end: RunEnd,
    attempts: u32,
}

impl<'s> LastRun<'s> {
    /// How it ended.
    pub fn end(&self) -> RunEnd {
        self.end
    }

    /// How many attempts it made.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Whose value it has; `None` when it has none.
    pub fn served_by(&self) -> Option<&'s Name> {
        self.provider.filter(|_| !self.end.is_error() && self.end != RunEnd::Dropped)
    }
}

impl Seen {
    pub(super) fn extend(&mut self, events: Vec<RuntimeEvent>) {
        self.0.extend(events);
    }

    /// The events.
    pub fn events(&self) -> &[RuntimeEvent] {
        &self.0
    }

    /// What happened in one plan.
    #[must_use]
    pub fn of_plan(&self, tag: &str) -> Self {
        self.only(|event| event.plan.as_deref() == Some(tag))
    }

    /// What happened to the providers, steps or parts of that name.
    #[must_use]
    pub fn of_provider(&self, name: &str) -> Self {
        self.only(|event| event.provider.as_deref() == Some(name))
    }

    fn only(&self, keep: impl Fn(&RuntimeEvent) -> bool) -> Self {
        Self(self.0.iter().filter(|event| keep(event)).cloned().collect())
    }

    /// The run that ended last.
    pub fn last_run(&self) -> Option<LastRun<'_>> {
        self.0.iter().rev().find_map(|event| match event.happened {
            Happened::RunFinished { end, attempts, .. } => {
                Some(LastRun { provider: event.provider.as_ref(), end, attempts })
            }
            _ => None,
        })
    }

    /// Among other things, these happened, in this order. Each is the name of an event as in JSON, after the provider's
    /// where it is of one: `"stripe attempt_failed"`, `"paypal failover"`, `"run_finished"`.
    ///
    /// # Panics
    ///
    /// When one of them did not happen after those before it; the message tells what happened.
    #[track_caller]
    pub fn assert_sequence(&self, expected: &[&str]) {
        let mut told = self.0.iter().map(line);
        for (at, expected) in expected.iter().enumerate() {
            let found = told.any(|line| line == *expected || line.split(' ').next_back() == Some(expected));
            assert!(found, "`{expected}`, the {at}th from 0, did not happen after those before it\n{self}");
        }
    }

    /// Nothing of this name happened: `"retry"`, `"stripe failover"`.
    ///
    /// # Panics
    ///
    /// When it did; the message tells what happened.
    #[track_caller]
    pub fn assert_none(&self, unexpected: &str) {
        let happened =
            self.0.iter().map(line).any(|line| line == unexpected || line.split(' ').next_back() == Some(unexpected));
        assert!(!happened, "`{unexpected}` happened\n{self}");
    }

    /// A run passed the provider by for this reason; times that the reason names are not compared.
    ///
    /// # Panics
    ///
    /// When none did; the message tells what happened.
    #[track_caller]
    pub fn assert_skipped(&self, provider: &str, expected: Skip) {
        let skipped = self.of_provider(provider).0.iter().any(|event| {
            matches!(event.happened, Happened::Skipped { reason } if discriminant(&reason) == discriminant(&expected))
        });
        assert!(skipped, "`{provider}` was not skipped as `{}`\n{self}", expected.as_str());
    }
}

/// The provider, and the event's name.
fn line(event: &RuntimeEvent) -> String {
    let name = event.happened.as_str();
    event.provider.as_ref().map_or_else(|| name.to_owned(), |provider| format!("{provider} {name}"))
}

impl Display for Seen {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing happened");
        }
        f.write_str("what happened:")?;
        for event in &self.0 {
            let plan = event.plan.as_deref().unwrap_or("-");
            write!(f, "\n  {plan}: {}  {:?}", line(event), event.happened)?;
        }
        Ok(())
    }
}
