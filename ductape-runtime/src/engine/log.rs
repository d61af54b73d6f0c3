use std::time::Duration;

use smallvec::SmallVec;

use crate::trail::Skip;

/// What happened in a run so far, without the errors: whoever drives the engine keeps those, in the same order.
///
/// Inline for the first few, so that a run that succeeds after some skips allocates nothing.
pub(crate) type Log = SmallVec<[Mark; 2]>;

/// Stands for the degrade block where a provider's index is expected.
pub(crate) const DEGRADE: usize = u8::MAX as usize;

/// As [`Event`](crate::Event), with an error where `error` or the name says so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum What {
    Failed { attempt: u32, took: Duration },
    TimedOut { attempt: u32, after: Duration },
    Unreconciled { attempt: u32, took: Duration, error: bool },
    Skipped(Skip),
}

/// One thing that happened to one provider, in two words: every run carries some of these.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Mark {
    nanos: u64,
    attempt: u32,
    kind: Kind,
    provider: u8,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Failed,
    TimedOut,
    Unreconciled,
    Unanswered,
    Cordoned,
    When,
    Unhealthy,
    BreakerOpen,
    BulkheadFull,
    RateLimited,
    Throttled,
    OverBudget,
    NoTime,
}

impl Mark {
    pub(crate) fn new(provider: usize, what: What) -> Self {
        let (kind, attempt, time) = match what {
            What::Failed { attempt, took } => (Kind::Failed, attempt, took),
            What::TimedOut { attempt, after } => (Kind::TimedOut, attempt, after),
            What::Unreconciled { attempt, took, error: true } => (Kind::Unreconciled, attempt, took),
            What::Unreconciled { attempt, took, error: false } => (Kind::Unanswered, attempt, took),
            What::Skipped(skip) => (Kind::of(skip), 0, skip.retry_in().unwrap_or_default()),
        };
        Self {
            nanos: u64::try_from(time.as_nanos()).unwrap_or(u64::MAX),
            attempt,
            kind,
            // Providers are at most 64, and `DEGRADE` is the largest byte.
            provider: u8::try_from(provider).unwrap_or(u8::MAX),
        }
    }

    /// The provider's index, or [`DEGRADE`].
    pub(crate) fn provider(self) -> usize {
        usize::from(self.provider)
    }

    /// Whether both tell of a refusal for the same reason, or of the same attempt.
    pub(crate) fn is_like(self, other: Self) -> bool {
        (self.provider, self.kind, self.attempt) == (other.provider, other.kind, other.attempt)
    }

    pub(crate) fn what(self) -> What {
        let (attempt, time) = (self.attempt, Duration::from_nanos(self.nanos));
        What::Skipped(match self.kind {
            Kind::Failed => return What::Failed { attempt, took: time },
            Kind::TimedOut => return What::TimedOut { attempt, after: time },
            Kind::Unreconciled => return What::Unreconciled { attempt, took: time, error: true },
            Kind::Unanswered => return What::Unreconciled { attempt, took: time, error: false },
            Kind::Cordoned => Skip::Cordoned,
            Kind::When => Skip::When,
            Kind::Unhealthy => Skip::Unhealthy,
            Kind::BreakerOpen => Skip::BreakerOpen { retry_in: time },
            Kind::BulkheadFull => Skip::BulkheadFull,
            Kind::RateLimited => Skip::RateLimited { retry_in: time },
            Kind::Throttled => Skip::Throttled { retry_in: time },
            Kind::OverBudget => Skip::OverBudget,
            Kind::NoTime => Skip::NoTime,
        })
    }
}

impl Kind {
    fn of(skip: Skip) -> Self {
        match skip {
            Skip::Cordoned => Self::Cordoned,
            Skip::When => Self::When,
            Skip::Unhealthy => Self::Unhealthy,
            Skip::BreakerOpen { .. } => Self::BreakerOpen,
            Skip::BulkheadFull => Self::BulkheadFull,
            Skip::RateLimited { .. } => Self::RateLimited,
            Skip::Throttled { .. } => Self::Throttled,
            Skip::OverBudget => Self::OverBudget,
            Skip::NoTime => Self::NoTime,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_gives_back_what_it_was_made_of() {
        let time = Duration::from_millis(7);
        let skips = [
            Skip::Cordoned,
            Skip::When,
            Skip::Unhealthy,
            Skip::BreakerOpen { retry_in: time },
            Skip::BulkheadFull,
            Skip::RateLimited { retry_in: time },
            Skip::Throttled { retry_in: time },
            Skip::OverBudget,
            Skip::NoTime,
        ];
        let attempts = [
            What::Failed { attempt: 3, took: time },
            What::TimedOut { attempt: 4, after: time },
            What::Unreconciled { attempt: 5, took: time, error: true },
            What::Unreconciled { attempt: 6, took: time, error: false },
        ];
        for what in skips.map(What::Skipped).into_iter().chain(attempts) {
            assert_eq!(Mark::new(63, what).what(), what);
        }
        assert_eq!(Mark::new(63, attempts[0]).provider(), 63);
        assert_eq!(Mark::new(DEGRADE, attempts[0]).provider(), DEGRADE);
        assert_eq!(size_of::<Mark>(), 16, "every run carries some of these");
    }
}
