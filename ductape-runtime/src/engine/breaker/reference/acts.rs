//! Random acts, done to a breaker and to the reference alike.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::super::{Admission, Breaker, BreakerState, Forced, Percent, Phase, Settled, Trip};
use super::{Reference, Stage, Ticket, WINDOW, What};
use crate::moment::Moment;

/// All times are multiples of a bucket of the window, so that each moment has its own, and is forgotten on time.
const SECOND: Duration = Duration::from_secs(1);

#[derive(Debug, Clone)]
enum Act {
    Pass(u32),
    Admit { timeout: u32 },
    Settle { which: Index, settled: Settled, took: u32 },
    Abandon { which: Index, ran_for: u32 },
    Forget { which: Index },
    Define(usize),
    Force(Option<Forced>),
    Reset,
}

/// Half of the calls of the window open it; slower than two seconds is slow.
const RATE: Breaker = Breaker::new().failure_rate(Percent::of(50)).window(WINDOW).cooldown(Duration::from_secs(40));

const BREAKERS: [Breaker; 6] = [
    Breaker::new().failures(1).cooldown(SECOND),
    Breaker::new().failures(3).cooldown(Duration::from_secs(5)).probes(2),
    Breaker::new().failures(2).cooldown(Duration::from_secs(400)).probes(3),
    RATE.min_calls(4).probes(2),
    RATE.min_calls(2).slow_call(Duration::from_secs(2)).probes(3),
    RATE.min_calls(3).probes(1).shadow(),
];

fn act() -> impl Strategy<Value = Act> {
    use Settled::{Failure, Neutral, Success};
    let settled = prop_oneof![6 => Just(Success), 4 => Just(Failure), 1 => Just(Neutral)];
    let forced = prop_oneof![Just(Some(Forced::Open)), Just(Some(Forced::Closed))];
    prop_oneof![
        8 => prop_oneof![6 => 0_u32..6, 2 => 6_u32..50, 1 => 50_u32..900].prop_map(Act::Pass),
        20 => (1_u32..10).prop_map(|timeout| Act::Admit { timeout }),
        16 => (any::<Index>(), settled, 0_u32..6).prop_map(|(which, settled, took)| Act::Settle { which, settled, took }),
        3 => (any::<Index>(), 0_u32..6).prop_map(|(which, ran_for)| Act::Abandon { which, ran_for }),
        1 => any::<Index>().prop_map(|which| Act::Forget { which }),
        1 => (0..BREAKERS.len()).prop_map(Act::Define),
        1 => prop_oneof![4 => Just(None), 1 => forced].prop_map(Act::Force),
        1 => prop_oneof![3 => Just(Act::Pass(0)), 1 => Just(Act::Reset)],
    ]
}

/// Both under the same acts, and what is under way in both.
struct Pair {
    breaker: Breaker,
    state: BreakerState,
    reference: Reference,
    under_way: Vec<(Admission, Ticket)>,
    now: Moment,
    ended: usize,
}

const TIMEOUT: Duration = Duration::from_secs(6);

impl Pair {
    fn new(breaker: Breaker) -> Self {
        let (state, reference) = (BreakerState::new(), Reference::new());
        Self { breaker, state, reference, under_way: Vec::new(), now: Moment(1 << 62), ended: 0 }
    }

    fn take(&mut self, which: Index) -> Option<(Admission, Ticket)> {
        (!self.under_way.is_empty()).then(|| self.under_way.swap_remove(which.index(self.under_way.len())))
    }

    fn admit(&mut self, timeout: Duration) -> bool {
        let (now, until) = (self.now, self.now + timeout);
        let looked = self.state.look(&self.breaker, now);
        let before = self.reference.phase_name();
        let admitted = self.state.admit(&self.breaker, now, until);
        let expected = self.reference.admit(&self.breaker, now, until);
        assert_eq!(looked, expected.map(|_| ()), "looking");
        match (admitted, expected) {
            (Ok(admission), Ok(ticket)) => {
                let half_open = self.reference.stage == Stage::HalfOpen;
                assert_eq!(admission.is_refused(), ticket.is_none());
                assert_eq!(admission.is_probe(), ticket.is_some() && half_open);
                assert_eq!(admission.change().is_some(), before != self.reference.phase_name());
                self.under_way.push((admission, ticket));
                true
            }
            (admitted, expected) => {
                assert_eq!(admitted.err(), expected.err(), "admitting");
                false
            }
        }
    }

    fn act(&mut self, act: &Act) {
        let Self { breaker, now, .. } = *self;
        let before = self.reference.phase_name();
        let change = match *act {
            Act::Pass(seconds) => {
                self.now = now + SECOND * seconds;
                return;
            }
            Act::Admit { timeout } => {
                self.admit(SECOND * timeout);
                return;
            }
            Act::Define(number) => {
                self.breaker = BREAKERS[number];
                return;
            }
            Act::Force(forced) => {
                assert_eq!(self.state.force(forced), self.reference.forced);
                self.reference.forced = forced;
                return;
            }
            Act::Reset => {
                assert_eq!(self.state.reset(&breaker, now).phase, self.reference.phase(now));
                self.reference.close();
                return;
            }
            Act::Forget { which } => {
                self.take(which);
                return;
            }
            Act::Settle { which, settled, took } => {
                let Some((admission, ticket)) = self.take(which) else { return };
                self.ended += 1;
                let took = SECOND * took;
                self.reference.end(&breaker, ticket, self.ended, What::Settled(settled), took, now);
                self.state.settle(&breaker, admission, settled, took, now)
            }
            Act::Abandon { which, ran_for } => {
                let Some((admission, ticket)) = self.take(which) else { return };
                self.ended += 1;
                let ran_for = SECOND * ran_for;
                let failed = match breaker.trip() {
                    Trip::Rate(rate) => ran_for > rate.slow_call.unwrap_or(TIMEOUT / 2),
                    Trip::InARow { .. } => false,
                };
                self.reference.end(&breaker, ticket, self.ended, What::Dropped { failed }, ran_for, now);
                self.state.abandon(&breaker, admission, ran_for, TIMEOUT, now)
            }
        };
        let names = change.map(|change| (name(change.from), name(change.to)));
        let after = self.reference.phase_name();
        assert_eq!(names, (before != after).then_some((before, after)));
        if let Some(Phase::Open { retry_in }) = change.map(|change| change.to) {
            assert_eq!(retry_in, self.reference.cooldown(&breaker));
        }
    }

    fn compare(&self) {
        let reading = self.state.read(&self.breaker, self.now);
        assert_eq!(reading.phase, self.reference.phase(self.now));
        assert_eq!(reading.forced, self.reference.forced);
        if self.reference.stage == Stage::Closed {
            assert_eq!(reading.failures_in_a_row as usize, self.reference.row());
            let window = reading.window.unwrap_or_default();
            let tally = (window.calls, window.failures, window.slow);
            assert_eq!(tally, self.reference.tally(&self.breaker, self.now));
        }
    }
}

fn name(phase: Phase) -> &'static str {
    match phase {
        Phase::Closed => "closed",
        Phase::Open { .. } => "open",
        Phase::HalfOpen => "half-open",
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 2 } else { 300 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r60_to_r65_it_does_as_the_plain_rules_do(first in 0..BREAKERS.len(), acts in vec(act(), 1..150)) {
        let mut pair = Pair::new(BREAKERS[first]);
        for act in &acts {
            pair.act(act);
            pair.compare();
        }
        // Whatever has happened, and whatever never came back: after a while it admits again.
        pair.act(&Act::Force(None));
        pair.act(&Act::Pass(100_000));
        prop_assert!(pair.admit(SECOND));
    }
}
