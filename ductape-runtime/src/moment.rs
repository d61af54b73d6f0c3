//! Points in time as one word, so that shared state can hold them in an atomic.

use std::ops::Add;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// A point in time: nanoseconds on an axis that all runtimes of the process share.
///
/// The axis starts far before the process, since paused clocks of tests may lie before the first one that is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) u64);

const ORIGIN: u64 = 1 << 62;

struct Origin {
    instant: Instant,
    wall: SystemTime,
}

fn origin() -> &'static Origin {
    static ORIGIN: OnceLock<Origin> = OnceLock::new();
    ORIGIN.get_or_init(|| Origin { instant: Instant::now(), wall: SystemTime::now() })
}

impl Moment {
    pub(crate) const ZERO: Self = Self(0);
    pub(crate) const MAX: Self = Self(u64::MAX);

    /// Reads tokio's clock, which tests may have paused.
    pub(crate) fn now() -> Self {
        #[cfg(test)]
        READS.set(READS.get() + 1);
        let origin = origin().instant;
        let now = Instant::now();
        Self(match now.checked_duration_since(origin) {
            Some(after) => ORIGIN.saturating_add(nanos(after)),
            None => ORIGIN.saturating_sub(nanos(origin.duration_since(now))),
        })
    }

    /// The time from `earlier` to here; zero when that lies later.
    pub(crate) const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// The point that lies so much earlier.
    pub(crate) fn back(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(nanos(duration)))
    }

    /// The same point on tokio's clock, at most a century from the first moment seen.
    pub(crate) fn instant(self) -> Instant {
        let origin = origin().instant;
        match self.0.checked_sub(ORIGIN) {
            Some(after) => origin + Duration::from_nanos(after),
            None => origin.checked_sub(Duration::from_nanos(ORIGIN - self.0)).unwrap_or(origin),
        }
    }

    /// The same point on the wall clock, as far as tokio's clock and the wall's go alike.
    pub(crate) fn wall(self) -> SystemTime {
        let wall = origin().wall;
        match self.0.checked_sub(ORIGIN) {
            Some(after) => wall + Duration::from_nanos(after),
            None => wall.checked_sub(Duration::from_nanos(ORIGIN - self.0)).unwrap_or(wall),
        }
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(nanos(duration)))
    }
}

#[cfg(test)]
thread_local! {
    /// How often this thread has read the clock.
    pub(crate) static READS: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// Saturating: 584 years are enough for any policy.
fn nanos(duration: Duration) -> u64 {
    const SECOND: u64 = 1_000_000_000;
    // In words of one register: `as_nanos` computes in two.
    duration.as_secs().saturating_mul(SECOND).saturating_add(duration.subsec_nanos().into())
}
