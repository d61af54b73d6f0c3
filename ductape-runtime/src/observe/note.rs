use std::time::Duration;

use serde::Serialize;

use crate::ErrorKind;
use crate::engine::Change;
use crate::outcome::Source;
use crate::trail::Skip;

/// Something that happened in a plan, as those who watch are told. Providers are known by their index.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Note {
    /// A run looks at its first provider.
    RunBegan,
    /// The run is over.
    RunEnded(RunEnded),
    /// A provider was refused.
    Skipped { provider: usize, skip: Skip },
    /// A provider was let in against the decision of a gate: this one is in shadow, or an operator forces it.
    Shadowed { provider: usize, gate: Gate },
    /// An attempt begins.
    AttemptBegan { provider: usize, start: Start },
    /// It is over, after so long. Each that began is told to have ended, whatever becomes of its run.
    AttemptEnded { provider: usize, attempt: u32, end: AttemptEnd, took: Duration },
    /// Another one of the same provider follows, after a wait.
    Retry { provider: usize, attempt: u32, wait: Duration },
    /// A `#[reconcile]` block has found that an attempt did take effect.
    Reconciled { provider: usize },
    /// The breaker of a provider opened, half-opened or closed.
    BreakerChanged { provider: usize, change: Change },
}

/// How a run went.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RunEnded {
    pub(crate) end: RunEnd,
    /// Whose value it has.
    pub(crate) provider: Option<usize>,
    /// The first provider whose failure nobody notices, since that one serves.
    pub(crate) masked: Option<usize>,
    pub(crate) attempts: u32,
    pub(crate) took: Duration,
    /// The first attempt succeeded, and nobody was refused but by a `when(…)`.
    pub(crate) clean: bool,
}

/// Why an attempt is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// It is the first of the run.
    First,
    /// The one before it failed.
    Retry,
    /// The turn of this other provider is over, without success.
    Failover { from: usize },
    /// Those under way are slow.
    Hedge,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AttemptEnd {
    /// With a value.
    Served,
    /// With an error that says that the provider does not work.
    Failed,
    /// Its time was up.
    TimedOut,
    /// The provider asked to be left alone.
    Throttled,
    /// The provider answered, with an error that no other provider would do better about.
    Aborted,
    /// It panicked.
    Panicked,
    /// Its caller has gone.
    Dropped,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RunEnd {
    /// With the value of a provider.
    Served,
    /// With a fresh value of an earlier run, or with that of one that it waited for.
    Cached,
    /// With an old value of an earlier run, since the providers had failed.
    Stale,
    /// With the value of the `#[degrade]` block.
    Degraded,
    /// With an error: every provider failed or was refused.
    Exhausted,
    /// With an error that no provider would do better about.
    Aborted,
    /// With an error: the deadline cut it short.
    Deadline,
    /// With an error: nobody knows whether the work was done.
    Ambiguous,
    /// It panicked.
    Panicked,
    /// Its caller has gone.
    Dropped,
}

/// A policy that can refuse, and can be told not to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Gate {
    /// `breaker`.
    Breaker,
    /// `bulkhead`.
    Bulkhead,
    /// `rate_limit`.
    RateLimit,
}

#[cfg(feature = "metrics")]
impl AttemptEnd {
    /// In their order.
    pub(super) const ALL: [Self; 7] =
        [Self::Served, Self::Failed, Self::TimedOut, Self::Throttled, Self::Aborted, Self::Panicked, Self::Dropped];
}

#[cfg(feature = "metrics")]
impl RunEnd {
    /// In their order.
    pub(super) const ALL: [Self; 10] = [
        Self::Served,
        Self::Cached,
        Self::Stale,
        Self::Degraded,
        Self::Exhausted,
        Self::Aborted,
        Self::Deadline,
        Self::Ambiguous,
        Self::Panicked,
        Self::Dropped,
    ];
}

#[cfg(feature = "metrics")]
impl Gate {
    /// In their order.
    pub(super) const ALL: [Self; 3] = [Self::Breaker, Self::Bulkhead, Self::RateLimit];
}

impl AttemptEnd {
    /// Its name, as in JSON, in spans and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::Throttled => "throttled",
            Self::Aborted => "aborted",
            Self::Panicked => "panicked",
            Self::Dropped => "dropped",
        }
    }

    /// Whether there was neither a value, nor a caller who no longer wanted one.
    #[cfg(feature = "tracing")]
    pub(super) fn is_error(self) -> bool {
        !matches!(self, Self::Served | Self::Dropped)
    }
}

impl RunEnd {
    /// Its name, as in JSON, in spans and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::Cached => "cached",
            Self::Stale => "stale",
            Self::Degraded => "degraded",
            Self::Exhausted => "exhausted",
            Self::Aborted => "aborted",
            Self::Deadline => "deadline",
            Self::Ambiguous => "ambiguous",
            Self::Panicked => "panicked",
            Self::Dropped => "dropped",
        }
    }

    /// Whether there was neither a value, nor a caller who no longer wanted one.
    pub fn is_error(self) -> bool {
        !matches!(self, Self::Served | Self::Cached | Self::Stale | Self::Degraded | Self::Dropped)
    }
}

impl Gate {
    /// Its name, as in JSON, in spans and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Breaker => "breaker",
            Self::Bulkhead => "bulkhead",
            Self::RateLimit => "rate_limit",
        }
    }
}

impl From<ErrorKind> for RunEnd {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Exhausted => Self::Exhausted,
            ErrorKind::Aborted => Self::Aborted,
            ErrorKind::Deadline => Self::Deadline,
            ErrorKind::Ambiguous => Self::Ambiguous,
        }
    }
}

/// How a run ended that has its value from there.
impl From<Source> for RunEnd {
    fn from(source: Source) -> Self {
        match source {
            Source::Provider => Self::Served,
            Source::Cache => Self::Cached,
            Source::Stale => Self::Stale,
            Source::Degraded => Self::Degraded,
        }
    }
}
