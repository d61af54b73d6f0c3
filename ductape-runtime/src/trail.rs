use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use serde::Serialize;

use crate::Name;
use crate::text::Span;
use crate::typing::View;

/// Every attempt and every skip of a run, in the order in which they happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Trail<E> {
    entries: Vec<Entry<E>>,
    /// The failed attempt that came last; a failing `#[degrade]` or `#[reconcile]` block is no provider.
    last: Option<usize>,
}

/// One thing that happened in a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<E> {
    /// To whom it happened; `"degrade"` for the plan's `#[degrade]` block.
    pub provider: Name,
    /// What happened.
    pub event: Event<E>,
}

/// What happened to a provider in a run.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event<E> {
    /// An attempt returned an error.
    Failed {
        /// The attempt at this provider, from 1.
        attempt: u32,
        /// How long it ran.
        took: Duration,
        /// What it returned.
        error: E,
    },
    /// An attempt was dropped because its time was up.
    TimedOut {
        /// The attempt at this provider, from 1.
        attempt: u32,
        /// The time that it had.
        after: Duration,
    },
    /// The question whether an ambiguous attempt took effect got no answer.
    Unreconciled {
        /// How often the `#[reconcile]` block has been asked about this outcome, from 1.
        attempt: u32,
        /// How long it ran.
        took: Duration,
        /// What it returned; `None` when its time was up.
        error: Option<E>,
    },
    /// The provider was not called.
    Skipped(Skip),
}

/// Why a provider was not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
#[non_exhaustive]
pub enum Skip {
    /// An operator took it out.
    Cordoned,
    /// Its `when(…)` is false.
    When,
    /// Its healthcheck says so.
    Unhealthy,
    /// Its breaker is open.
    BreakerOpen {
        /// The time until it lets a probe through.
        #[serde(serialize_with = "crate::text::millis")]
        retry_in: Duration,
    },
    /// As many attempts are under way as may be.
    BulkheadFull,
    /// As many attempts were made as may be.
    RateLimited {
        /// The time until the next one may be made.
        #[serde(serialize_with = "crate::text::millis")]
        retry_in: Duration,
    },
    /// It asked to be left alone.
    Throttled {
        /// The rest of the time that it asked for.
        #[serde(serialize_with = "crate::text::millis")]
        retry_in: Duration,
    },
    /// The plan's retry budget is spent.
    OverBudget,
    /// Nothing is left of the deadline.
    NoTime,
}

impl Skip {
    /// The name of the reason, as in JSON, in spans and in metrics.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Cordoned => "cordoned",
            Self::When => "when",
            Self::Unhealthy => "unhealthy",
            Self::BreakerOpen { .. } => "breaker_open",
            Self::BulkheadFull => "bulkhead_full",
            Self::RateLimited { .. } => "rate_limited",
            Self::Throttled { .. } => "throttled",
            Self::OverBudget => "over_budget",
            Self::NoTime => "no_time",
        }
    }

    /// The time until the refusal may be over, where it is known.
    pub fn retry_in(&self) -> Option<Duration> {
        match self {
            Self::BreakerOpen { retry_in } | Self::RateLimited { retry_in } | Self::Throttled { retry_in } => {
                Some(*retry_in)
            }
            _ => None,
        }
    }
}

impl Display for Skip {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cordoned => f.write_str("cordoned"),
            Self::When => f.write_str("its `when` is false"),
            Self::Unhealthy => f.write_str("unhealthy"),
            Self::BreakerOpen { retry_in } => write!(f, "breaker open for {}", Span(*retry_in)),
            Self::BulkheadFull => f.write_str("bulkhead full"),
            Self::RateLimited { retry_in } => write!(f, "rate limited for {}", Span(*retry_in)),
            Self::Throttled { retry_in } => write!(f, "throttled for {}", Span(*retry_in)),
            Self::OverBudget => f.write_str("retry budget spent"),
            Self::NoTime => f.write_str("no time left"),
        }
    }
}

impl<E> Default for Trail<E> {
    fn default() -> Self {
        Self { entries: Vec::new(), last: None }
    }
}

impl<E> Trail<E> {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { entries: Vec::with_capacity(capacity), last: None }
    }

    pub(crate) fn push(&mut self, provider: Name, event: Event<E>, by_provider: bool) {
        if by_provider && matches!(event, Event::Failed { .. } | Event::TimedOut { .. }) {
            self.last = Some(self.entries.len());
        }
        self.entries.push(Entry { provider, event });
    }

    /// What happened elsewhere, after all that happened here.
    pub(crate) fn append(&mut self, other: Self) {
        let before = self.entries.len();
        self.last = other.last.map(|at| before + at).or(self.last);
        self.entries.extend(other.entries);
    }

    pub(crate) fn into_entries(self) -> Vec<Entry<E>> {
        self.entries
    }

    /// What happened, oldest first.
    pub fn entries(&self) -> &[Entry<E>] {
        &self.entries
    }

    pub(crate) fn last_failure(&self) -> Option<&Entry<E>> {
        self.last.and_then(|at| self.entries.get(at))
    }

    /// Where the last error of a provider's attempt stands: a timeout after it has none.
    fn last_error_at(&self) -> Option<usize> {
        let upto = self.last? + 1;
        self.entries.get(..upto)?.iter().rposition(|entry| matches!(entry.event, Event::Failed { .. }))
    }

    pub(crate) fn last_error(&self) -> Option<&E> {
        match &self.entries.get(self.last_error_at()?)?.event {
            Event::Failed { error, .. } => Some(error),
            _ => None,
        }
    }

    pub(crate) fn into_last_error(mut self) -> Option<E> {
        let at = self.last_error_at()?;
        match self.entries.swap_remove(at).event {
            Event::Failed { error, .. } => Some(error),
            _ => None,
        }
    }

    pub(crate) fn retry_in(&self) -> Option<Duration> {
        let refusals = self.entries.iter().filter_map(|entry| match &entry.event {
            Event::Skipped(skip) => Some(skip.retry_in()),
            _ => None,
        });
        // `None` orders before every time, so one refusal without a time decides.
        refusals.min().flatten()
    }

    /// Each provider with what became of it: `stripe failed 3 times, last: refused; paypal skipped, unhealthy`.
    pub(crate) fn describe(&self, view: View<E>, f: &mut Formatter<'_>) -> fmt::Result {
        let mut told: Vec<&Name> = Vec::new();
        for entry in &self.entries {
            if told.contains(&&entry.provider) {
                continue;
            }
            f.write_str(if told.is_empty() { "" } else { "; " })?;
            told.push(&entry.provider);
            let own = || self.entries.iter().filter(|other| other.provider == entry.provider);
            let attempt = |other: &&Entry<E>| matches!(other.event, Event::Failed { .. } | Event::TimedOut { .. });
            let last = Described(own().next_back().unwrap_or(entry), view);
            match own().filter(attempt).count() {
                0 => write!(f, "{} {last}", entry.provider)?,
                1 => write!(f, "{} failed, {last}", entry.provider)?,
                times => write!(f, "{} failed {times} times, last: {last}", entry.provider)?,
            }
        }
        Ok(())
    }
}

/// An entry of the trail, with its error shown through the view.
struct Described<'a, E>(&'a Entry<E>, View<E>);

impl<E> Display for Described<'_, E> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let shown = |error: &E, f: &mut Formatter<'_>| (self.1.show)(error, f);
        match &self.0.event {
            Event::Failed { error, .. } => shown(error, f),
            Event::TimedOut { after, .. } => write!(f, "timed out after {}", Span(*after)),
            Event::Unreconciled { error: Some(error), .. } => {
                f.write_str("nobody knows whether it happened: ")?;
                shown(error, f)
            }
            Event::Unreconciled { error: None, took, .. } => {
                write!(f, "nobody knows whether it happened: no answer within {}", Span(*took))
            }
            Event::Skipped(skip) => write!(f, "skipped, {skip}"),
        }
    }
}
