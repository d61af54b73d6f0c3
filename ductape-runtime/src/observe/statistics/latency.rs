use std::time::Duration;

use serde::Serialize;

/// How long successes took.
///
/// Each figure is the duration below which that share of the successes lay, at most 6.25% off (below 8 µs: half a
/// microsecond); what took longer than 17 minutes counts as 17 minutes. `None` without any success. Serializes in
/// milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Latency {
    /// Of the half: the median.
    #[serde(serialize_with = "crate::text::millis_option")]
    pub p50: Option<Duration>,
    /// Of 95 in 100.
    #[serde(serialize_with = "crate::text::millis_option")]
    pub p95: Option<Duration>,
    /// Of 99 in 100.
    #[serde(serialize_with = "crate::text::millis_option")]
    pub p99: Option<Duration>,
}

/// Each power of two of microseconds is split into eight equal buckets: the idea is that of Gil Tene's `HdrHistogram`,
/// <https://hdrhistogram.org>.
const SPLIT: usize = 1 << SPLIT_BITS;
const SPLIT_BITS: u32 = 3;

/// The first power of two that is no longer told apart: 2³⁰ µs are 17.9 minutes.
const TOP_BITS: u32 = 30;

/// How many buckets there are. Each is a place where loom tries other threads: there, few must do.
pub(super) const BUCKETS: usize = if cfg!(all(test, loom_models)) { 1 } else { SPLIT * (TOP_BITS as usize - 2) };

/// The bucket that counts this duration.
#[inline]
pub(super) fn bucket_of(took: Duration) -> usize {
    if BUCKETS == 1 {
        return 0;
    }
    let micros = took.as_secs().saturating_mul(1_000_000).saturating_add(took.subsec_micros().into());
    let micros = micros.min((1 << TOP_BITS) - 1) as usize;
    let shift = micros.checked_ilog2().unwrap_or(0).saturating_sub(SPLIT_BITS);
    SPLIT * shift as usize + (micros >> shift)
}

/// The middle of what a bucket counts.
fn middle_of(bucket: usize) -> Duration {
    let shift = (bucket / SPLIT).saturating_sub(1);
    let (from, width) = (bucket - SPLIT * shift, 1_u64 << shift);
    Duration::from_nanos((from as u64 * width) * 1_000 + width * 500)
}

impl Latency {
    /// Of the successes that the buckets count.
    pub(super) fn of(buckets: &[u64; BUCKETS]) -> Self {
        let total: u128 = buckets.iter().map(|count| u128::from(*count)).sum();
        let percentile = |percent: u128| {
            let rank = (total * percent).div_ceil(100);
            let mut upto = 0;
            let mut counted = buckets.iter().map(|count| {
                upto += u128::from(*count);
                upto
            });
            counted.position(|upto| rank > 0 && upto >= rank).map(middle_of)
        };
        Self { p50: percentile(50), p95: percentile(95), p99: percentile(99) }
    }
}

#[cfg(all(test, not(loom_models)))]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn buckets_follow_each_other_without_a_gap() {
        assert_eq!(bucket_of(Duration::ZERO), 0);
        assert_eq!(bucket_of(Duration::MAX), BUCKETS - 1);
        for bucket in 0..BUCKETS {
            assert_eq!(bucket_of(middle_of(bucket)), bucket);
        }
        let mut last = 0;
        for micros in 0..1 << 20 {
            let bucket = bucket_of(Duration::from_micros(micros));
            assert!(bucket == last || bucket == last + 1, "{micros} µs");
            last = bucket;
        }
    }

    #[test]
    fn r94_without_a_success_there_is_no_latency() {
        assert_eq!(Latency::of(&[0; BUCKETS]), Latency::default());
    }

    /// The definition: the smallest of the durations that so many percent of them do not exceed.
    fn exact(sorted: &[u64], percent: usize) -> u64 {
        sorted[(sorted.len() * percent).div_ceil(100) - 1]
    }

    fn assert_close(shown: Option<Duration>, exact: u64) -> Result<(), TestCaseError> {
        let shown = shown.expect("there are successes");
        let off = shown.abs_diff(Duration::from_nanos(exact));
        let allowed = Duration::from_nanos(exact / 16).max(Duration::from_nanos(500));
        prop_assert!(off <= allowed + Duration::from_nanos(1), "{shown:?} instead of {exact} ns");
        Ok(())
    }

    proptest! {
        #[test]
        fn r94_percentiles_are_at_most_a_sixteenth_off(
            // Uniform in their logarithm, up to 17 minutes.
            mut durations in vec((0..40_u32).prop_flat_map(|bits| 0..1_u64 << bits), 1..400),
        ) {
            let mut buckets = [0; BUCKETS];
            for &nanos in &durations {
                buckets[bucket_of(Duration::from_nanos(nanos))] += 1;
            }
            durations.sort_unstable();
            let latency = Latency::of(&buckets);
            assert_close(latency.p50, exact(&durations, 50))?;
            assert_close(latency.p95, exact(&durations, 95))?;
            assert_close(latency.p99, exact(&durations, 99))?;
        }
    }
}
