//! What threads can do to a breaker, all of it: each model runs through every order of its threads' steps, and every
//! old value that a relaxed load may see, with at most three preemptions.
//!
//! `RUSTFLAGS="--cfg loom_models" cargo test --release --lib breaker::models`

use std::time::Duration;

use loom::sync::Arc;
use loom::thread;

use super::{Admission, Breaker, BreakerState, Change, Forced, Percent, Phase, Settled};
use crate::moment::Moment;
use Settled::{Failure, Success};

const START: Moment = Moment(1 << 62);
const COOLDOWN: Duration = Duration::from_secs(60);
const TIMEOUT: Duration = Duration::from_secs(1);

fn model(check: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(check);
}

/// Runs both beside each other, and answers with what both say.
fn both<A: 'static, B>(
    state: &Arc<BreakerState>,
    one: impl FnOnce(&BreakerState) -> A + 'static,
    other: impl FnOnce(&BreakerState) -> B,
) -> (A, B) {
    let shared = Arc::clone(state);
    let thread = thread::spawn(move || one(&shared));
    let other = other(state);
    (thread.join().unwrap(), other)
}

fn admit(state: &BreakerState, breaker: &Breaker, now: Moment) -> Option<Admission> {
    state.admit(breaker, now, now + TIMEOUT).ok()
}

fn settle(state: &BreakerState, breaker: &Breaker, admission: Admission, settled: Settled) -> Option<Change> {
    state.settle(breaker, admission, settled, Duration::ZERO, START)
}

/// Its cooldown has just ended at the moment that is answered.
fn cooled(breaker: &Breaker) -> (Arc<BreakerState>, Moment) {
    let state = Arc::new(BreakerState::new());
    let admission = admit(&state, breaker, START).unwrap();
    assert!(settle(&state, breaker, admission, Failure).is_some());
    (state, START + COOLDOWN)
}

const fn touchy(probes: u32) -> Breaker {
    Breaker::new().failures(1).cooldown(COOLDOWN).probes(probes)
}

#[test]
fn r62_exactly_probes_get_in_when_the_cooldown_ends() {
    for probes in [1, 2] {
        model(move || {
            let breaker = touchy(probes);
            let (state, now) = cooled(&breaker);
            let shared = Arc::clone(&state);
            let third = thread::spawn(move || admit(&shared, &breaker, now));
            let (one, other) =
                both(&state, move |state| admit(state, &breaker, now), |state| admit(state, &breaker, now));
            let admitted: Vec<_> = [one, other, third.join().unwrap()].into_iter().flatten().collect();
            assert_eq!(admitted.len(), probes as usize);
            assert!(admitted.iter().all(Admission::is_probe));
            assert_eq!(admitted.iter().filter(|probe| probe.change().is_some()).count(), 1);
        });
    }
}

#[test]
fn r60_failures_beside_each_other_open_it_once() {
    model(|| {
        let breaker = Breaker::new().failures(2);
        let state = Arc::new(BreakerState::new());
        let fail = move |state: &BreakerState| {
            let admission = admit(state, &breaker, START)?;
            settle(state, &breaker, admission, Failure)
        };
        let (one, other) = both(&state, fail, fail);
        assert_eq!([one, other].iter().flatten().count(), 1);
        assert!(state.look(&breaker, START).is_err());
    });
}

#[test]
fn r60_successes_end_a_row_though_they_take_the_short_way() {
    model(|| {
        let breaker = Breaker::new().failures(2);
        let state = Arc::new(BreakerState::new());
        let call = move |state: &BreakerState, settled| {
            let admission = admit(state, &breaker, START)?;
            settle(state, &breaker, admission, settled)
        };
        let succeed = move |state: &BreakerState| call(state, Success);
        let (one, others) =
            both(&state, succeed, |state| [Failure, Success, Failure].map(|settled| call(state, settled)));
        assert_eq!((one, others), (None, [None; 3]));
        assert!(state.read(&breaker, START).failures_in_a_row <= 1);
    });
}

#[test]
fn r60_who_has_failed_sees_that_it_is_open() {
    model(|| {
        let breaker = touchy(1);
        let state = Arc::new(BreakerState::new());
        let fail = move |state: &BreakerState| {
            let admission = admit(state, &breaker, START)?;
            let change = settle(state, &breaker, admission, Failure);
            assert!(state.look(&breaker, START).is_err());
            assert!(admit(state, &breaker, START).is_none());
            change
        };
        let (one, other) = both(&state, fail, fail);
        assert_eq!([one, other].iter().flatten().count(), 1);
    });
}

#[test]
fn r60_every_outcome_of_a_window_counts_and_one_opens_it() {
    model(|| {
        let breaker = Breaker::new().failure_rate(Percent::of(50)).min_calls(4);
        let state = Arc::new(BreakerState::new());
        let calls = move |state: &BreakerState| {
            let calls = [Success, Failure].map(|settled| {
                let admission = admit(state, &breaker, START)?;
                settle(state, &breaker, admission, settled)
            });
            calls.into_iter().flatten().count()
        };
        let (one, other) = both(&state, calls, calls);
        assert_eq!(one + other, 1);
        let window = state.read(&breaker, START).window.unwrap();
        assert_eq!((window.calls, window.failures), (4, 2));
    });
}

#[test]
fn r63_a_dropped_probe_makes_room_for_one() {
    model(|| {
        let breaker = touchy(1);
        let (state, now) = cooled(&breaker);
        let probe = admit(&state, &breaker, now).unwrap();
        let drop = move |state: &BreakerState| {
            assert_eq!(state.abandon(&breaker, probe, TIMEOUT, TIMEOUT, now), None);
            admit(state, &breaker, now)
        };
        let (one, other) = both(&state, drop, |state| admit(state, &breaker, now));
        assert!(one.is_some() != other.is_some());
        // Whoever has the place can close it.
        let probe = one.or(other).unwrap();
        assert!(settle(&state, &breaker, probe, Success).is_some());
    });
}

#[test]
fn r63_a_place_that_is_given_up_is_given_once() {
    model(|| {
        let breaker = touchy(1);
        let (state, now) = cooled(&breaker);
        let lost = admit(&state, &breaker, now).unwrap();
        let later = now + COOLDOWN + COOLDOWN;
        let late = move |state: &BreakerState| {
            let change = settle(state, &breaker, lost, Success);
            (change, admit(state, &breaker, later))
        };
        let ((closed, one), other) = both(&state, late, |state| admit(state, &breaker, later));
        match closed {
            // It came back in time: then everybody is welcome.
            Some(_) => assert!(one.is_some() && other.is_some_and(|admission| !admission.is_probe())),
            None => assert!(one.is_none() && other.is_some_and(|admission| admission.is_probe())),
        }
    });
}

#[test]
fn r64_a_success_beside_the_trip_does_not_close_it() {
    model(|| {
        let breaker = touchy(1);
        let state = Arc::new(BreakerState::new());
        let (old, failing) = (admit(&state, &breaker, START).unwrap(), admit(&state, &breaker, START).unwrap());
        let succeed = move |state: &BreakerState| settle(state, &breaker, old, Success);
        let (success, failure) = both(&state, succeed, |state| settle(state, &breaker, failing, Failure));
        assert!(success.is_none() && failure.is_some());
        assert_eq!(state.read(&breaker, START).phase, Phase::Open { retry_in: COOLDOWN });
    });
}

#[test]
fn r64_of_two_probes_the_first_to_fail_decides() {
    model(|| {
        let breaker = touchy(2);
        let (state, now) = cooled(&breaker);
        let [first, second] = [(); 2].map(|()| admit(&state, &breaker, now).unwrap());
        let succeed = move |state: &BreakerState| settle(state, &breaker, first, Success);
        let (success, failure) = both(&state, succeed, |state| settle(state, &breaker, second, Failure));
        assert!(success.is_none() && failure.is_some());
        assert!(matches!(state.read(&breaker, START).phase, Phase::Open { .. }));
    });
}

#[test]
fn r65_a_dropped_attempt_counts_beside_others() {
    model(|| {
        let breaker = Breaker::new().failure_rate(Percent::of(100)).min_calls(2);
        let state = Arc::new(BreakerState::new());
        let drop = move |state: &BreakerState| {
            let admission = admit(state, &breaker, START)?;
            state.abandon(&breaker, admission, TIMEOUT, TIMEOUT, START)
        };
        let (one, other) = both(&state, drop, drop);
        assert_eq!([one, other].iter().flatten().count(), 1);
    });
}

#[test]
fn r91_a_reset_beside_an_outcome_leaves_no_trace_of_it() {
    model(|| {
        let breaker = Breaker::new().failures(2);
        let state = Arc::new(BreakerState::new());
        let admission = admit(&state, &breaker, START).unwrap();
        let fail = move |state: &BreakerState| settle(state, &breaker, admission, Failure);
        let (change, cleared) = both(&state, fail, |state| state.reset(&breaker, START));
        assert!(change.is_none() && cleared.failures_in_a_row <= 1);
        assert_eq!(state.read(&breaker, START).failures_in_a_row, 0);
    });
}

#[test]
fn what_is_forced_holds_for_all_that_comes_after() {
    model(|| {
        let breaker = touchy(1);
        let state = Arc::new(BreakerState::new());
        let force = move |state: &BreakerState| {
            state.force(Some(Forced::Open));
            assert!(state.look(&breaker, START).is_err());
        };
        let ((), change) = both(&state, force, |state| {
            let admission = admit(state, &breaker, START)?;
            settle(state, &breaker, admission, Success)
        });
        assert!(change.is_none() && admit(&state, &breaker, START).is_none());
        state.force(None);
        assert!(admit(&state, &breaker, START).is_some());
    });
}
