//! What is counted of a provider's attempts, in a form that can be added up, kept in a file, and read again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Latency;
use super::latency::{BUCKETS, bucket_of};

/// What a provider's attempts came to, from [`PlanHandle::totals`](crate::PlanHandle::totals): for those who keep it for
/// longer than a process lives.
///
/// Two of them can be added, and one taken from a later one: what lies between two readings is their difference.
///
/// ```
/// # extern crate ductape_runtime as ductape;
/// use std::time::Duration;
/// use ductape::Totals;
///
/// let mut hour = Totals::default();
/// hour.calls = 2;
/// hour.succeeded(Duration::from_millis(20));
/// hour.succeeded(Duration::from_millis(30));
/// assert_eq!(hour.successes(), 2);
/// assert!(hour.latency().p50.is_some_and(|p50| p50.abs_diff(Duration::from_millis(20)) < Duration::from_millis(2)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Attempts that began.
    pub calls: u64,
    /// Attempts that ended with an error that says that the provider does not work, or with a panic.
    pub failures: u64,
    /// Attempts that were cut off by their timeout or the deadline.
    pub timeouts: u64,
    /// Successes by how long they took: the buckets that count any, in their order.
    took: Vec<(u16, u64)>,
}

/// Arithmetic: nothing overflows or goes below zero.
impl Totals {
    pub(super) fn new(calls: u64, failures: u64, timeouts: u64, buckets: &[u64; BUCKETS]) -> Self {
        let took = (0_u16..).zip(buckets).filter(|(_, count)| **count > 0).map(|(bucket, count)| (bucket, *count));
        Self { calls, failures, timeouts, took: took.collect() }
    }

    /// Attempts that ended with a value.
    pub fn successes(&self) -> u64 {
        self.took.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }

    /// How long the successes took.
    pub fn latency(&self) -> Latency {
        Latency::of(&self.buckets())
    }

    /// Counts a success that took so long; that it began is counted by [`calls`](Self::calls) alone.
    pub fn succeeded(&mut self, took: Duration) {
        let mut buckets = self.buckets();
        let count = &mut buckets[bucket_of(took)];
        *count = count.saturating_add(1);
        *self = Self::new(self.calls, self.failures, self.timeouts, &buckets);
    }

    /// Together with others.
    #[must_use]
    pub fn and(&self, others: &Self) -> Self {
        self.with(others, u64::saturating_add)
    }

    /// What has come since an earlier reading.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        self.with(earlier, u64::saturating_sub)
    }

    /// Whether nothing has been counted.
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    fn with(&self, other: &Self, each: fn(u64, u64) -> u64) -> Self {
        let mut buckets = self.buckets();
        for (mine, others) in buckets.iter_mut().zip(other.buckets()) {
            *mine = each(*mine, others);
        }
        let calls = each(self.calls, other.calls);
        Self::new(calls, each(self.failures, other.failures), each(self.timeouts, other.timeouts), &buckets)
    }

    /// What was read from elsewhere may have buckets that do not exist: they are the slowest.
    fn buckets(&self) -> [u64; BUCKETS] {
        let mut buckets = [0_u64; BUCKETS];
        for (bucket, count) in &self.took {
            let kept = &mut buckets[usize::from(*bucket).min(BUCKETS - 1)];
            *kept = kept.saturating_add(*count);
        }
        buckets
    }
}

#[cfg(all(test, not(loom_models)))]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn totals() -> impl Strategy<Value = Totals> {
        (0..1_000_u64, 0..1_000_u64, 0..1_000_u64, vec(0..2_000_000_u64, 0..20)).prop_map(
            |(calls, failures, timeouts, took)| {
                let mut totals = Totals { calls, failures, timeouts, ..Totals::default() };
                for micros in took {
                    totals.succeeded(Duration::from_micros(micros));
                }
                totals
            },
        )
    }

    proptest! {
        #[test]
        fn what_lies_between_two_readings_is_their_difference(earlier in totals(), between in totals()) {
            let later = earlier.and(&between);
            prop_assert_eq!(later.since(&earlier), between);
            prop_assert_eq!(later.successes(), earlier.successes() + later.since(&earlier).successes());
        }

        #[test]
        fn what_is_written_is_read_again(totals in totals()) {
            let text = serde_json::to_string(&totals).expect("numbers can be written");
            prop_assert_eq!(serde_json::from_str::<Totals>(&text).expect("it was just written"), totals);
        }
    }

    #[test]
    fn no_figure_from_elsewhere_breaks_anything() {
        let text =
            r#"{"calls":18446744073709551615,"failures":0,"timeouts":0,"took":[[65535,18446744073709551615],[0,9]]}"#;
        let read: Totals = serde_json::from_str(text).expect("numbers");
        assert_eq!(read.and(&read).successes(), u64::MAX);
        assert!(read.latency().p99.is_some());
        assert!(read.since(&read).successes() == 0);
    }
}
