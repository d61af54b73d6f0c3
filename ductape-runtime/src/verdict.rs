use std::time::Duration;

/// What an error means for the run: the answer of a plan's `classify` function.
///
/// | verdict | what follows |
/// |---|---|
/// | `Retry` | this provider again while tries are left, then the next |
/// | `RetryAfter(d)` | the same, after `d` instead of the backoff |
/// | `Throttled(d)` | the next provider now; every run skips this one for `d`, at most five minutes |
/// | `Failover` | the next provider now |
/// | `Abort` | the run ends with this error: no provider would do better |
/// | `Ambiguous` | it may have taken effect: as `Retry`, unless the plan is `at_most_once` |
///
/// ```
/// # extern crate ductape_runtime as ductape;
/// use std::time::Duration;
/// use ductape::Verdict;
///
/// enum PayError { Declined, Busy(Duration), Connect, Reset }
///
/// fn verdict(error: &PayError) -> Verdict {
///     match error {
///         PayError::Declined => Verdict::Abort,
///         PayError::Busy(wait) => Verdict::Throttled(*wait),
///         PayError::Connect => Verdict::Retry,
///         PayError::Reset => Verdict::Ambiguous,
///     }
/// }
/// # assert_eq!(verdict(&PayError::Declined), Verdict::Abort);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// Try this provider again while tries are left, then the next one.
    Retry,
    /// As [`Retry`](Self::Retry), after this time instead of the backoff.
    RetryAfter(Duration),
    /// The next provider now; every run skips this one for the time given, at most five minutes.
    Throttled(Duration),
    /// The next provider now.
    Failover,
    /// The run ends with this error: no provider would do better.
    Abort,
    /// It may have taken effect.
    Ambiguous,
}
