use std::mem::discriminant;

use crate::trail::{Event, Skip};
use crate::{Error, ErrorKind};

/// Assertions on the error of a run. Each answers with the error, so that others can follow.
///
/// ```
/// # extern crate ductape_runtime as ductape;
/// # use ductape::testing::AssertTrail as _;
/// # use ductape::{ErrorKind, Skip};
/// # fn check(error: ductape::Error<String>) {
/// error.assert_kind(ErrorKind::Exhausted).assert_failed("stripe", 3).assert_skipped("paypal", Skip::Unhealthy);
/// # }
/// ```
pub trait AssertTrail {
    /// It is of this kind.
    ///
    /// # Panics
    ///
    /// When it is not; the message is the error's.
    #[track_caller]
    fn assert_kind(&self, kind: ErrorKind) -> &Self;

    /// So many attempts at the provider failed, timeouts not counted.
    ///
    /// # Panics
    ///
    /// When it was another number; the message is the error's.
    #[track_caller]
    fn assert_failed(&self, provider: &str, times: usize) -> &Self;

    /// So many attempts at the provider ran out of time.
    ///
    /// # Panics
    ///
    /// When it was another number; the message is the error's.
    #[track_caller]
    fn assert_timed_out(&self, provider: &str, times: usize) -> &Self;

    /// The provider was passed by for this reason; times that the reason names are not compared.
    ///
    /// # Panics
    ///
    /// When it was not; the message is the error's.
    #[track_caller]
    fn assert_skipped(&self, provider: &str, reason: Skip) -> &Self;
}

impl<E> AssertTrail for Error<E> {
    #[track_caller]
    fn assert_kind(&self, kind: ErrorKind) -> &Self {
        assert!(self.kind() == kind, "expected {kind:?}, not {:?}: {self}", self.kind());
        self
    }

    #[track_caller]
    fn assert_failed(&self, provider: &str, times: usize) -> &Self {
        let failed = count(self, provider, |event| matches!(event, Event::Failed { .. }));
        assert!(failed == times, "`{provider}` failed {failed} times, not {times}: {self}");
        self
    }

    #[track_caller]
    fn assert_timed_out(&self, provider: &str, times: usize) -> &Self {
        let timed_out = count(self, provider, |event| matches!(event, Event::TimedOut { .. }));
        assert!(timed_out == times, "`{provider}` timed out {timed_out} times, not {times}: {self}");
        self
    }

    #[track_caller]
    fn assert_skipped(&self, provider: &str, reason: Skip) -> &Self {
        let skipped = count(
            self,
            provider,
            |event| matches!(event, Event::Skipped(skip) if discriminant(skip) == discriminant(&reason)),
        );
        assert!(skipped > 0, "`{provider}` was not skipped as `{}`: {self}", reason.as_str());
        self
    }
}

fn count<E>(error: &Error<E>, provider: &str, is: impl Fn(&Event<E>) -> bool) -> usize {
    error.trail().entries().iter().filter(|entry| entry.provider == *provider && is(&entry.event)).count()
}
