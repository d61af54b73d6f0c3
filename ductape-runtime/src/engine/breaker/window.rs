use std::ops::{AddAssign, SubAssign};
use std::time::Duration;

use serde::Serialize;

use crate::moment::Moment;

/// How many calls there were, and of which kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Tally {
    /// All of them.
    pub calls: u64,
    /// Those that failed.
    pub failures: u64,
    /// Those that were slow.
    pub slow: u64,
}

/// The calls of the last while: a ring of buckets, and their sum.
///
/// A bucket begins with a call, not on a grid, and is forgotten as a whole once that call is too old. So nothing older
/// than the span ever counts, and everything younger than 31/32 of it does; calls that lie at least 1/32 of the span
/// apart are forgotten one by one, each on time.
#[derive(Debug)]
pub(super) struct Window {
    buckets: [Bucket; BUCKETS],
    oldest: usize,
    used: usize,
    sum: Tally,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    since: Moment,
    tally: Tally,
}

/// How many buckets a span is divided into.
const PARTS: u32 = 32;
const BUCKETS: usize = PARTS as usize;

impl Window {
    pub(super) const fn new() -> Self {
        let tally = Tally { calls: 0, failures: 0, slow: 0 };
        Self { buckets: [Bucket { since: Moment::ZERO, tally }; BUCKETS], oldest: 0, used: 0, sum: tally }
    }

    /// Counts a call, and answers with all that count now.
    pub(super) fn record(&mut self, failed: bool, slow: bool, span: Duration, now: Moment) -> Tally {
        self.forget(span, now);
        let newest = &self.buckets[self.slot(self.used.saturating_sub(1))];
        if self.used == 0 || now.since(newest.since).saturating_mul(PARTS) >= span {
            self.begin(now);
        }
        let call = Tally { calls: 1, failures: failed.into(), slow: slow.into() };
        let newest = self.slot(self.used - 1);
        self.buckets[newest].tally += call;
        self.sum += call;
        self.sum
    }

    /// The calls that count now.
    pub(super) fn tally(&mut self, span: Duration, now: Moment) -> Tally {
        self.forget(span, now);
        self.sum
    }

    fn forget(&mut self, span: Duration, now: Moment) {
        while self.used > 0 && now.since(self.buckets[self.oldest].since) >= span {
            self.sum -= self.buckets[self.oldest].tally;
            self.oldest = self.slot(1);
            self.used -= 1;
        }
    }

    fn begin(&mut self, now: Moment) {
        // Only a span that has just become longer can find all buckets in use.
        if self.used == BUCKETS {
            let Bucket { since, tally } = self.buckets[self.oldest];
            self.oldest = self.slot(1);
            self.used -= 1;
            self.buckets[self.oldest].since = since;
            self.buckets[self.oldest].tally += tally;
        }
        let next = self.slot(self.used);
        self.buckets[next] = Bucket { since: now, tally: Tally::default() };
        self.used += 1;
    }

    /// Where the bucket stands before which so many begin.
    const fn slot(&self, number: usize) -> usize {
        (self.oldest + number) % BUCKETS
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.calls += other.calls;
        self.failures += other.failures;
        self.slow += other.slow;
    }
}

impl SubAssign for Tally {
    fn sub_assign(&mut self, other: Self) {
        self.calls -= other.calls;
        self.failures -= other.failures;
        self.slow -= other.slow;
    }
}

#[cfg(all(test, not(loom_models)))]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// The calls of so many nanoseconds up to now.
    fn calls(history: &[(Moment, bool, bool)], nanos: u64, now: Moment) -> Tally {
        let mut tally = Tally::default();
        for &(at, failed, slow) in history {
            if now.since(at) < Duration::from_nanos(nanos) {
                tally += Tally { calls: 1, failures: failed.into(), slow: slow.into() };
            }
        }
        tally
    }

    fn at_most(some: Tally, others: Tally) -> bool {
        some.calls <= others.calls && some.failures <= others.failures && some.slow <= others.slow
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 3 } else { 500 }, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn r60_nothing_older_than_the_window_counts_and_nearly_all_that_is_younger(
            span in 1_u64..2_000,
            steps in vec((0_u64..100, any::<bool>(), any::<bool>()), 1..300),
        ) {
            let mut window = Window::new();
            let mut history = Vec::new();
            let mut now = Moment(1 << 62);
            for (step, failed, slow) in steps {
                now = now + Duration::from_nanos(step);
                history.push((now, failed, slow));
                let counted = window.record(failed, slow, Duration::from_nanos(span), now);
                prop_assert_eq!(counted, window.tally(Duration::from_nanos(span), now));
                prop_assert!(at_most(counted, calls(&history, span, now)));
                prop_assert!(at_most(calls(&history, span - span / 32, now), counted));
            }
        }

        #[test]
        fn r90_whatever_its_length_was_before(
            spans in vec((1_u64..20_000, vec(0_u64..100, 1..200)), 1..8),
        ) {
            let mut window = Window::new();
            let mut history = Vec::new();
            let mut now = Moment(1 << 62);
            for (span, steps) in spans {
                for step in steps {
                    now = now + Duration::from_nanos(step);
                    history.push((now, true, false));
                    let counted = window.record(true, false, Duration::from_nanos(span), now);
                    prop_assert!(counted.calls >= 1 && at_most(counted, calls(&history, span, now)));
                    prop_assert_eq!(counted.calls, counted.failures);
                    let used = (0..window.used).map(|number| window.buckets[window.slot(number)]);
                    prop_assert_eq!(used.map(|bucket| bucket.tally.calls).sum::<u64>(), counted.calls);
                }
            }
        }
    }

    #[test]
    fn r60_a_clock_that_is_read_in_another_order_than_it_is_told_does_no_harm() {
        let mut window = Window::new();
        let span = Duration::from_nanos(320);
        let at = |nanos| Moment((1_u64 << 62) + nanos);
        assert_eq!(window.record(true, false, span, at(20)).calls, 1);
        assert_eq!(window.record(true, false, span, at(5)).calls, 2);
        assert_eq!(window.tally(span, at(339)).calls, 2);
        assert_eq!(window.tally(span, at(340)).calls, 0);
    }
}
