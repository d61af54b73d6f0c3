//! Who may find out whether the provider works again: R62, R63.

use std::sync::Barrier;
use std::thread;

use super::*;
use Settled::{Failure, Neutral, Success};

/// The cooldown is over.
fn cooled(probes: u32) -> Rig {
    let mut rig = Rig::new(Breaker::new().failures(1).cooldown(COOLDOWN).probes(probes)).tripped();
    rig.pass(COOLDOWN);
    rig
}

#[test]
fn r62_half_open_admits_exactly_probes() {
    for probes in [1, 2, 3, 50] {
        let rig = cooled(probes);
        let admitted: Vec<_> = (0..200).filter_map(|_| rig.admit().ok()).collect();
        assert_eq!(admitted.len(), probes as usize);
        assert!(admitted.iter().all(Admission::is_probe));
        assert_eq!(admitted.iter().filter(|probe| probe.change() == HALF_OPENED).count(), 1);
    }
}

#[test]
fn r62_however_many_callers_arrive_at_once() {
    const CALLERS: usize = if cfg!(miri) { 8 } else { 200 };
    for probes in 1..=4 {
        let rig = cooled(probes);
        let start = Barrier::new(CALLERS);
        let admitted = thread::scope(|scope| {
            let call = || {
                start.wait();
                rig.state.admit(&rig.breaker, rig.now, rig.now + TIMEOUT).ok()
            };
            let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(call)).collect();
            callers.into_iter().filter_map(|caller| caller.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(admitted.len(), probes as usize);
        assert_eq!(admitted.iter().filter(|probe| probe.change() == HALF_OPENED).count(), 1);
    }
}

#[test]
fn r62_looking_takes_no_place() {
    let rig = cooled(1);
    assert!((0..10).all(|_| rig.look().is_ok()));
    let _running = rig.probe();
    assert_eq!(rig.look(), Err(TIMEOUT));
}

#[test]
fn r62_a_success_makes_room_for_the_next_probe() {
    let rig = cooled(2);
    let (first, second) = (rig.probe(), rig.probe());
    assert!(rig.admit().is_err());
    assert_eq!(rig.settle(first, Success), None);
    let third = rig.probe();
    assert!(rig.admit().is_err());
    assert_eq!(rig.settle(third, Success), CLOSED);
    assert_eq!(rig.settle(second, Failure), None);
}

#[test]
fn r62_probes_successes_in_a_row_close_it() {
    for probes in [1, 2, 3, 50] {
        let rig = cooled(probes);
        for _ in 1..probes {
            assert_eq!(rig.settle(rig.probe(), Success), None);
        }
        assert_eq!(rig.phase(), Phase::HalfOpen);
        assert_eq!(rig.settle(rig.probe(), Success), CLOSED);
        assert_eq!(rig.phase(), Phase::Closed);
        assert!(!rig.enter().is_probe());
    }
}

#[test]
fn r62_one_failure_reopens_it() {
    let mut rig = cooled(3);
    let last = rig.probe();
    assert_eq!(rig.settle(rig.probe(), Success), None);
    assert_eq!(rig.settle(rig.probe(), Success), None);
    assert_eq!(rig.settle(last, Failure), reopened_for(2 * COOLDOWN));
    // The successes from before do not count the next time.
    rig.pass(2 * COOLDOWN);
    assert_eq!(rig.settle(rig.probe(), Success), None);
}

#[test]
fn r62_it_closes_with_a_fresh_row() {
    let mut rig = Rig::new(Breaker::new().failures(3));
    rig.calls([Failure, Failure, Failure]);
    rig.pass(COOLDOWN);
    assert_eq!(rig.settle(rig.probe(), Success), CLOSED);
    assert_eq!(rig.calls([Failure, Failure]), None);
    assert_eq!(rig.call(Failure), TRIPPED);
}

#[test]
fn r62_it_closes_with_a_fresh_window() {
    let mut rig = Rig::new(half_of_four().cooldown(ms(10)));
    rig.calls([Failure, Failure, Failure, Failure]);
    rig.pass(ms(10));
    assert_eq!(rig.settle(rig.probe(), Success), CLOSED);
    assert_eq!(rig.calls([Failure, Failure, Failure]), None);
    assert!(rig.call(Success).is_some());
}

#[test]
fn r62_a_slow_probe_that_succeeds_is_a_success() {
    let mut rig = Rig::new(half_of_four().slow_call(ms(200)));
    rig.calls([Failure, Failure, Failure, Failure]);
    rig.pass(COOLDOWN);
    assert_eq!(rig.settle_after(rig.probe(), Success, ms(201)), CLOSED);
}

#[test]
fn r63_a_dropped_probe_gives_its_place_back_and_counts_as_nothing() {
    let rig = cooled(2);
    for _ in 0..1_000 {
        let (first, second) = (rig.probe(), rig.probe());
        assert!(rig.admit().is_err());
        assert_eq!(rig.abandon_after(first, TIMEOUT), None);
        assert_eq!(rig.abandon_after(second, ms(0)), None);
    }
    assert_eq!(rig.phase(), Phase::HalfOpen);
    assert_eq!(rig.settle(rig.probe(), Success), None);
    let dropped = rig.probe();
    rig.abandon_after(dropped, ms(1));
    assert_eq!(rig.settle(rig.probe(), Success), CLOSED);
}

#[test]
fn r63_however_long_it_ran_and_in_form_2_as_well() {
    let mut rig = Rig::new(half_of_four().slow_call(ms(200)));
    rig.calls([Failure, Failure, Failure, Failure]);
    rig.pass(COOLDOWN);
    for _ in 0..10 {
        assert_eq!(rig.abandon_after(rig.probe(), TIMEOUT), None);
    }
    assert_eq!(rig.settle(rig.probe(), Success), CLOSED);
}

#[test]
fn r63_a_probe_that_says_nothing_is_like_a_dropped_one() {
    let rig = cooled(1);
    for _ in 0..10 {
        assert_eq!(rig.settle(rig.probe(), Neutral), None);
    }
    assert_eq!(rig.settle(rig.probe(), Success), CLOSED);
}

#[test]
fn r63_probes_that_never_come_back_are_given_up_one_cooldown_after_their_time() {
    let mut rig = cooled(2);
    let lost = [rig.probe(), rig.probe()];
    rig.pass(TIMEOUT + COOLDOWN);
    assert!(rig.admit().is_err());
    rig.pass(NANOSECOND);
    let (first, second) = (rig.probe(), rig.probe());
    assert_eq!((first.change(), rig.admit().is_err()), (None, true));
    // They gave no places back: those that have them keep them.
    assert_eq!(lost.map(|probe| rig.settle(probe, Failure)), [None, None]);
    assert!(rig.admit().is_err());
    assert_eq!((rig.settle(first, Success), rig.settle(second, Success)), (None, CLOSED));
}

#[test]
fn r63_a_probe_is_not_given_up_before_the_last_of_them_is_due() {
    let mut rig = cooled(2);
    let early = rig.probe();
    rig.pass(ms(900));
    let late = rig.probe();
    rig.pass(COOLDOWN + TIMEOUT);
    assert!(rig.admit().is_err());
    assert_eq!(rig.settle(early, Success), None);
    assert_eq!(rig.settle(late, Success), CLOSED);
}

#[test]
fn r63_giving_probes_up_does_not_undo_what_others_found_out() {
    let mut rig = cooled(2);
    assert_eq!(rig.settle(rig.probe(), Success), None);
    let _lost = [rig.probe(), rig.probe()];
    rig.pass(TIMEOUT + COOLDOWN + NANOSECOND);
    assert_eq!(rig.settle(rig.probe(), Success), CLOSED);
}

#[test]
fn r63_a_refusal_names_when_the_probes_are_due() {
    let mut rig = cooled(2);
    let _first = rig.probe();
    rig.pass(ms(400));
    let _second = rig.probe();
    assert_eq!(rig.admit(), Err(TIMEOUT));
    rig.pass(ms(400));
    assert_eq!(rig.admit(), Err(ms(600)));
    rig.pass(TIMEOUT);
    assert_eq!(rig.admit(), Err(Duration::ZERO));
}

#[test]
fn r63_probes_that_hang_one_after_the_other_never_wedge_it() {
    let mut rig = cooled(3);
    let mut hanging = Vec::new();
    for _ in 0..50 {
        hanging.extend((0..3).map(|_| rig.probe()));
        assert!(rig.admit().is_err());
        rig.pass(TIMEOUT + COOLDOWN + NANOSECOND);
    }
    for (at, probe) in hanging.into_iter().enumerate() {
        let change = if at % 2 == 0 { rig.abandon_after(probe, TIMEOUT) } else { rig.settle(probe, Failure) };
        // The last three are given up only when somebody wants their places.
        assert!(change.is_none() || at >= 147);
    }
}
