//! The rules, clause by clause, on a breaker whose clock the test sets.

mod closed;
mod half_open;
mod open;
mod stale;
mod steering;

use std::time::Duration;

use super::{Admission, Breaker, BreakerState, Change, Percent, Phase, Settled};
use crate::moment::Moment;

const NANOSECOND: Duration = Duration::from_nanos(1);
const TIMEOUT: Duration = ms(1_000);
const COOLDOWN: Duration = ms(60_000);

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn just_under(time: Duration) -> Duration {
    time.saturating_sub(NANOSECOND)
}

/// A breaker, what defines it, and what time it is.
struct Rig {
    breaker: Breaker,
    state: BreakerState,
    now: Moment,
}

impl Rig {
    fn new(breaker: Breaker) -> Self {
        assert_eq!(breaker.faults(), [None; 7]);
        Self { breaker, state: BreakerState::new(), now: Moment(1 << 62) }
    }

    /// One failure opens it, for a minute.
    fn touchy() -> Self {
        Self::new(Breaker::new().failures(1).cooldown(COOLDOWN))
    }

    /// Half of four or more calls in ten seconds open it, for a minute.
    fn half_of_four() -> Self {
        Self::new(half_of_four())
    }

    /// Has failed once, so that it is open.
    fn tripped(mut self) -> Self {
        assert!(self.call(Settled::Failure).is_some_and(|change| matches!(change.to, Phase::Open { .. })));
        self
    }

    fn pass(&mut self, time: Duration) {
        self.now = self.now + time;
    }

    fn look(&self) -> Result<(), Duration> {
        self.state.look(&self.breaker, self.now)
    }

    fn admit(&self) -> Result<Admission, Duration> {
        let looked = self.look();
        let admitted = self.state.admit(&self.breaker, self.now, self.now + TIMEOUT);
        assert_eq!(admitted.as_ref().err(), looked.as_ref().err(), "looking and asking differ");
        admitted
    }

    /// An admission that must be granted.
    fn enter(&self) -> Admission {
        self.admit().expect("it admits")
    }

    /// A probe that must be granted.
    fn probe(&self) -> Admission {
        let admission = self.enter();
        assert!(admission.is_probe());
        admission
    }

    fn settle(&self, admission: Admission, settled: Settled) -> Option<Change> {
        self.settle_after(admission, settled, ms(1))
    }

    fn settle_after(&self, admission: Admission, settled: Settled, took: Duration) -> Option<Change> {
        self.state.settle(&self.breaker, admission, settled, took, self.now)
    }

    fn abandon_after(&self, admission: Admission, ran_for: Duration) -> Option<Change> {
        self.state.abandon(&self.breaker, admission, ran_for, TIMEOUT, self.now)
    }

    /// A whole call, which takes no time.
    fn call(&mut self, settled: Settled) -> Option<Change> {
        let admission = self.enter();
        self.settle(admission, settled)
    }

    /// Calls of which only the last may change anything.
    fn calls<const N: usize>(&mut self, settled: [Settled; N]) -> Option<Change> {
        let mut change = None;
        for settled in settled {
            assert_eq!(change, None);
            change = self.call(settled);
        }
        change
    }

    fn phase(&self) -> Phase {
        self.state.read(&self.breaker, self.now).phase
    }

    /// How long it is open from now on; nothing unless it refuses everything at once, and for exactly so long.
    fn open_for(&mut self) -> Option<Duration> {
        let Phase::Open { retry_in } = self.phase() else { return None };
        assert_eq!(self.admit(), Err(retry_in));
        self.pass(just_under(retry_in));
        assert_eq!(self.admit(), Err(NANOSECOND));
        self.pass(NANOSECOND);
        self.look().is_ok().then_some(retry_in)
    }
}

const fn half_of_four() -> Breaker {
    Breaker::new().failure_rate(Percent::of(50)).min_calls(4).window(ms(10_000)).cooldown(COOLDOWN).probes(1)
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with answers")]
const fn reopened_for(retry_in: Duration) -> Option<Change> {
    Some(Change { from: Phase::HalfOpen, to: Phase::Open { retry_in } })
}

const TRIPPED: Option<Change> = Some(Change { from: Phase::Closed, to: Phase::Open { retry_in: COOLDOWN } });
const CLOSED: Option<Change> = Some(Change { from: Phase::HalfOpen, to: Phase::Closed });
const HALF_OPENED: Option<Change> =
    Some(Change { from: Phase::Open { retry_in: Duration::ZERO }, to: Phase::HalfOpen });
