use std::time::Duration;

use crate::ErrorKind;
use crate::trail::Skip;

/// Something that happened in a run, as those who watch are told. Providers are known by their index.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Note {
    /// A run looks at its first provider.
    RunBegan,
    /// The run is over, after so long.
    RunEnded { end: RunEnd, took: Duration },
    /// A provider was refused.
    Skipped { provider: usize, skip: Skip },
    /// A provider was let in against the decision of a gate: this one is in shadow, or an operator forces it.
    Shadowed { provider: usize, gate: Gate },
    /// An attempt begins.
    AttemptBegan { provider: usize, start: Start },
    /// It is over, after so long. Each that began is told to have ended, whatever becomes of its run.
    AttemptEnded { provider: usize, end: AttemptEnd, took: Duration },
    /// A `#[reconcile]` block has found that an attempt did take effect.
    Reconciled { provider: usize },
}

/// Why an attempt is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// It is the first of its provider in this run.
    Turn,
    /// The one before it failed.
    Retry,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttemptEnd {
    /// With a value.
    Served,
    /// With an error that says that the provider does not work, or with a panic.
    Failed,
    /// Its time was up.
    TimedOut,
    /// The provider asked to be left alone.
    Throttled,
    /// The provider answered, with an error that no other provider would do better about.
    Aborted,
    /// Its caller has gone.
    Dropped,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RunEnd {
    /// With the value of a provider; where others failed before it, the first of them.
    Served { provider: usize, masked: Option<usize> },
    /// With the value of the `#[degrade]` block.
    Degraded,
    /// With an error, or with a panic.
    Failed,
    /// With an error that no provider would do better about.
    Aborted,
    /// Its caller has gone.
    Dropped,
}

/// A policy that can refuse, and can be told not to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gate {
    Breaker,
    Bulkhead,
    RateLimit,
}

/// How a run with such an error ended.
impl From<ErrorKind> for RunEnd {
    fn from(kind: ErrorKind) -> Self {
        if kind == ErrorKind::Aborted { Self::Aborted } else { Self::Failed }
    }
}
