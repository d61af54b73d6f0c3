use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::{AttemptEnd, Gate, Note, RunEnd, RunEnded, Start};
use crate::Name;
use crate::engine::{Change, Forced, Phase, Status};
use crate::moment::Moment;
use crate::patch::{Changed, PatchFault};
use crate::plan::Plan;
use crate::trail::Skip;

/// Something that happened in a runtime, from [`Runtime::events`](crate::Runtime::events) and
/// [`Runtime::recent_events`](crate::Runtime::recent_events).
///
/// Serializes as one flat object: `{"time": 1767225600000, "plan": "payment-fallback", "provider": "stripe", "event":
/// "retry", "attempt": 2, "wait": 100.0}`; times in milliseconds since 1970, durations in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RuntimeEvent {
    /// When it happened.
    #[serde(serialize_with = "crate::text::since_1970")]
    pub time: SystemTime,
    /// The tag of the plan that it happened in; `None` for what concerns no plan.
    pub plan: Option<Name>,
    /// The provider that it concerns.
    pub provider: Option<Name>,
    /// What happened.
    #[serde(flatten)]
    pub happened: Happened,
}

/// What happened in a runtime.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "event")]
#[non_exhaustive]
pub enum Happened {
    /// A run is over; the provider is the one whose value it has. Those of clean runs, whose first attempt succeeded, are
    /// made only while someone listens.
    RunFinished {
        /// How it ended.
        end: RunEnd,
        /// How many attempts it made.
        attempts: u32,
        /// How long it took.
        #[serde(serialize_with = "crate::text::millis")]
        elapsed: Duration,
    },
    /// An attempt brought no value. Those of callers who have gone are not told.
    AttemptFailed {
        /// The attempt at this provider, from 1.
        attempt: u32,
        /// How it ended.
        end: AttemptEnd,
        /// How long it ran.
        #[serde(serialize_with = "crate::text::millis")]
        took: Duration,
    },
    /// Another attempt at the same provider will be made.
    Retry {
        /// That attempt, from 2.
        attempt: u32,
        /// The wait before it.
        #[serde(serialize_with = "crate::text::millis")]
        wait: Duration,
    },
    /// The run goes on to this provider.
    Failover {
        /// The one that has failed before.
        from: Name,
    },
    /// The run goes on at this provider too, since those under way are slow.
    Hedge,
    /// The provider was refused. Those of a `when(…)` are made only while someone listens.
    Skipped {
        /// Why.
        #[serde(flatten)]
        reason: Skip,
    },
    /// The provider was let in against the decision of a policy, since that is in shadow, or forced.
    Shadowed {
        /// The policy.
        policy: Gate,
    },
    /// The provider failed in a run, or was refused, and nobody noticed, since another one served.
    Masked {
        /// The one that served.
        by: Name,
    },
    /// The `#[degrade]` block served.
    Degraded,
    /// The provider's breaker went from one phase to another.
    BreakerChanged {
        /// Where it stood.
        from: Phase,
        /// Where it stands now.
        to: Phase,
    },
    /// An operator forced the provider's breaker, or released it.
    BreakerForced {
        /// What it answers from now on; `None` when it decides again.
        forced: Option<Forced>,
    },
    /// A workflow was dropped, or panicked, and could not undo what it had done.
    Abandoned {
        /// The steps that had succeeded.
        done: Vec<Name>,
        /// Those of them that were undone by then.
        undone: Vec<Name>,
    },
    /// A step of a workflow that has failed was undone.
    Undone,
    /// The undo of a step of a workflow that has failed failed as well.
    NotUndone,
    /// An operator had the counting of the plan begin anew.
    StatisticsReset,
    /// An operator had what the plan had learnt cleared: breakers, throttles, its retry budget, statistics.
    Reset,
    /// The definition of the plan was changed while it ran.
    Updated {
        /// What, and how.
        changes: Vec<Changed>,
    },
    /// Overrides were read again, and are in force; the event `updated` of each plan says what that changed.
    Reloaded {
        /// The plans in which something changed.
        plans: Vec<Name>,
    },
    /// Overrides were read again, and something is wrong with them: those that were good before are in force still.
    ReloadRefused {
        /// All that is wrong.
        faults: Vec<PatchFault>,
    },
    /// The store of a catalogue did not take what it was given: changes are refused, and runs go on.
    StoreFailed {
        /// Why, and what to do.
        error: Name,
    },
    /// The store of a catalogue takes what it is given again.
    StoreRecovered,
    /// An operator took the provider out.
    Cordoned {
        /// Why.
        reason: Name,
    },
    /// An operator let the provider in again.
    Uncordoned,
    /// The status of a healthcheck changed.
    HealthChanged {
        /// The tag of the healthcheck.
        healthcheck: Name,
        /// What it was.
        from: Status,
        /// What it is now.
        to: Status,
    },
    /// This stream was read too slowly: so many of the oldest events that it had not read yet are gone.
    Lost {
        /// How many.
        count: u64,
    },
}

impl Happened {
    /// Its name, as in JSON and in the field `ductape.event` of `tracing`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::RunFinished { .. } => "run_finished",
            Self::AttemptFailed { .. } => "attempt_failed",
            Self::Retry { .. } => "retry",
            Self::Failover { .. } => "failover",
            Self::Hedge => "hedge",
            Self::Skipped { .. } => "skipped",
            Self::Shadowed { .. } => "shadowed",
            Self::Masked { .. } => "masked",
            Self::Degraded => "degraded",
            Self::BreakerChanged { .. } => "breaker_changed",
            Self::BreakerForced { .. } => "breaker_forced",
            Self::Abandoned { .. } => "abandoned",
            Self::Undone => "undone",
            Self::NotUndone => "not_undone",
            Self::StatisticsReset => "statistics_reset",
            Self::Reset => "reset",
            Self::Updated { .. } => "updated",
            Self::Reloaded { .. } => "reloaded",
            Self::ReloadRefused { .. } => "reload_refused",
            Self::StoreFailed { .. } => "store_failed",
            Self::StoreRecovered => "store_recovered",
            Self::Cordoned { .. } => "cordoned",
            Self::Uncordoned => "uncordoned",
            Self::HealthChanged { .. } => "health_changed",
            Self::Lost { .. } => "lost",
        }
    }
}

impl RuntimeEvent {
    pub(super) fn new(now: Moment, plan: Option<&Plan>, provider: Option<Name>, happened: Happened) -> Self {
        Self { time: now.wall(), plan: plan.map(|plan| plan.tag.clone()), provider, happened }
    }
}

/// Who is told of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interest {
    /// Nobody: it says nothing that another note does not say as well.
    Nobody,
    /// Those who listen: it is of a clean run, or of a `when(…)`.
    Listeners,
    /// Those who come later, too.
    All,
}

impl Interest {
    #[expect(clippy::inline_always, reason = "every caller knows its note: of all arms, one is left there")]
    #[inline(always)]
    pub(super) fn in_note(note: &Note) -> Self {
        match note {
            Note::RunBegan
            | Note::AttemptBegan { start: Start::First | Start::Retry, .. }
            | Note::AttemptEnded { end: AttemptEnd::Served | AttemptEnd::Dropped, .. }
            | Note::Reconciled { .. } => Self::Nobody,
            Note::RunEnded(RunEnded { clean: true, .. }) | Note::Skipped { skip: Skip::When, .. } => Self::Listeners,
            _ => Self::All,
        }
    }
}

impl RuntimeEvent {
    /// What the end of a run tells of another provider than the one that served, or of the `#[degrade]` block.
    pub(super) fn beside(note: &Note, plan: &Plan, now: Moment) -> Option<Self> {
        match *note {
            Note::RunEnded(RunEnded { masked: Some(masked), provider: Some(by), .. }) => {
                let happened = Happened::Masked { by: name_of(plan, by) };
                Some(Self::new(now, Some(plan), Some(name_of(plan, masked)), happened))
            }
            Note::RunEnded(RunEnded { end: RunEnd::Degraded, .. }) => {
                Some(Self::new(now, Some(plan), None, Happened::Degraded))
            }
            _ => None,
        }
    }

    /// What a note tells.
    pub(super) fn of(note: &Note, plan: &Plan, now: Moment) -> Option<Self> {
        let (provider, happened) = match *note {
            Note::RunEnded(RunEnded { end, provider, attempts, took, .. }) => {
                (provider, Happened::RunFinished { end, attempts, elapsed: took })
            }
            Note::Skipped { provider, skip } => (Some(provider), Happened::Skipped { reason: skip }),
            Note::Shadowed { provider, gate } => (Some(provider), Happened::Shadowed { policy: gate }),
            Note::AttemptBegan { provider, start: Start::Failover { from } } => {
                (Some(provider), Happened::Failover { from: name_of(plan, from) })
            }
            Note::AttemptBegan { provider, start: Start::Hedge } => (Some(provider), Happened::Hedge),
            Note::AttemptEnded { end: AttemptEnd::Served | AttemptEnd::Dropped, .. }
            | Note::RunBegan
            | Note::AttemptBegan { .. }
            | Note::Reconciled { .. } => return None,
            Note::AttemptEnded { provider, attempt, end, took } => {
                (Some(provider), Happened::AttemptFailed { attempt, end, took })
            }
            Note::Retry { provider, attempt, wait } => (Some(provider), Happened::Retry { attempt, wait }),
            Note::BreakerChanged { provider, change: Change { from, to } } => {
                (Some(provider), Happened::BreakerChanged { from, to })
            }
        };
        Some(Self::new(now, Some(plan), provider.map(|provider| name_of(plan, provider)), happened))
    }
}

fn name_of(plan: &Plan, provider: usize) -> Name {
    plan.all()[provider].name.clone()
}
