use std::time::Duration;

use super::{Change, Phase};
use crate::Verdict;

/// Leave to make one attempt, which goes back to its breaker exactly once.
#[must_use]
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Admission {
    generation: u32,
    pass: Pass,
}

/// What an attempt is admitted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// One of many: the breaker is closed.
    Regular,
    /// One of few, the first of which makes the breaker half-open.
    Probe { first: bool },
    /// None at all, but the refusal is not enforced.
    Refused,
}

/// What an attempt says of its provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    /// It works.
    Success,
    /// It does not.
    Failure,
    /// Nothing.
    Neutral,
}

/// A timeout and a panic are failures as well.
impl From<Verdict> for Settled {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Retry | Verdict::RetryAfter(_) | Verdict::Failover | Verdict::Ambiguous => Self::Failure,
            Verdict::Abort => Self::Success,
            Verdict::Throttled(_) => Self::Neutral,
        }
    }
}

impl Admission {
    pub(super) const fn new(generation: u32, pass: Pass) -> Self {
        Self { generation, pass }
    }

    pub(super) const fn generation(&self) -> u32 {
        self.generation
    }

    /// Whether its outcome decides if the breaker closes.
    #[cfg(test)]
    pub(crate) const fn is_probe(&self) -> bool {
        matches!(self.pass, Pass::Probe { .. })
    }

    /// Whether it would have been refused, were the breaker no shadow and not forced.
    pub(crate) const fn is_refused(&self) -> bool {
        matches!(self.pass, Pass::Refused)
    }

    /// How the breaker changed by admitting it.
    pub(crate) const fn change(&self) -> Option<Change> {
        match self.pass {
            Pass::Probe { first: true } => {
                Some(Change { from: Phase::Open { retry_in: Duration::ZERO }, to: Phase::HalfOpen })
            }
            _ => None,
        }
    }
}
