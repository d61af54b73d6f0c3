//! What decides nothing, or not as it seems: R64, R65.

use super::*;
use Settled::{Failure, Neutral, Success};

#[test]
fn r64_a_success_admitted_before_the_trip_does_not_close_it() {
    let mut rig = Rig::touchy();
    let [while_open, while_cooled, while_half_open] = [(); 3].map(|()| rig.enter());
    rig = rig.tripped();
    assert_eq!(rig.settle(while_open, Success), None);
    assert_eq!(rig.open_for(), Some(COOLDOWN));
    assert_eq!(rig.settle(while_cooled, Success), None);
    let probe = rig.probe();
    assert_eq!(rig.settle(while_half_open, Success), None);
    assert_eq!(rig.phase(), Phase::HalfOpen);
    assert!(rig.admit().is_err(), "an old attempt has no place to give back");
    assert_eq!(rig.settle(probe, Success), CLOSED);
}

#[test]
fn r64_a_failure_admitted_before_the_trip_neither_prolongs_nor_reopens() {
    let mut rig = Rig::touchy();
    let [while_open, while_half_open, while_closed] = [(); 3].map(|()| rig.enter());
    rig = rig.tripped();
    rig.pass(COOLDOWN / 2);
    assert_eq!(rig.settle(while_open, Failure), None);
    assert_eq!(rig.open_for(), Some(COOLDOWN / 2));
    let probe = rig.probe();
    assert_eq!(rig.settle(while_half_open, Failure), None);
    assert_eq!(rig.settle(probe, Success), CLOSED);
    assert_eq!(rig.settle(while_closed, Failure), None);
    assert_eq!(rig.phase(), Phase::Closed);
}

#[test]
fn r64_a_success_from_before_does_not_end_a_row_of_failures() {
    let mut rig = Rig::new(Breaker::new().failures(2));
    let old = rig.enter();
    rig.calls([Failure, Failure]);
    rig.pass(COOLDOWN);
    assert_eq!(rig.settle(rig.probe(), Success), CLOSED);
    rig.call(Failure);
    assert_eq!(rig.settle(old, Success), None);
    assert_eq!(rig.call(Failure), TRIPPED);
}

#[test]
fn r64_outcomes_from_before_are_not_in_the_new_window() {
    let mut rig = Rig::half_of_four();
    let old = [(); 9].map(|()| rig.enter());
    rig.calls([Failure, Failure, Failure, Failure]);
    rig.pass(COOLDOWN);
    assert_eq!(rig.settle(rig.probe(), Success), CLOSED);
    assert_eq!(old.map(|admission| rig.settle(admission, Failure)), [None; 9]);
    assert_eq!(rig.calls([Failure, Failure, Failure]), None);
}

#[test]
fn r64_a_probe_of_an_earlier_half_open_decides_nothing() {
    let mut rig = Rig::new(Breaker::new().failures(1).cooldown(COOLDOWN).probes(4)).tripped();
    rig.pass(COOLDOWN);
    let [failing, succeeding, refused, dropped] = [(); 4].map(|()| rig.probe());
    assert!(rig.settle(failing, Failure).is_some());
    assert_eq!(rig.settle(succeeding, Success), None);
    rig.pass(2 * COOLDOWN);
    let probes = [(); 4].map(|()| rig.probe());
    assert_eq!(rig.settle(refused, Failure), None);
    assert_eq!(rig.abandon_after(dropped, TIMEOUT), None);
    assert!(rig.admit().is_err(), "an old probe has no place to give back");
    assert_eq!(probes.map(|probe| rig.settle(probe, Success)), [None, None, None, CLOSED]);
}

#[test]
fn r65_in_form_1_a_dropped_attempt_counts_as_nothing() {
    let mut rig = Rig::new(Breaker::new().failures(3));
    rig.call(Failure);
    for _ in 0..10 {
        assert_eq!(rig.abandon_after(rig.enter(), 10 * TIMEOUT), None);
    }
    // It is no failure, and no success that would end the row.
    assert_eq!(rig.call(Failure), None);
    assert_eq!(rig.call(Failure), TRIPPED);
}

#[test]
fn r65_in_form_2_it_fails_when_it_ran_longer_than_slow_call() {
    let drop_after = |ran_for| {
        let rig = Rig::new(half_of_four().slow_call(ms(700)));
        [(); 4].map(|()| rig.abandon_after(rig.enter(), ran_for))
    };
    assert_eq!(drop_after(ms(700)), [None; 4]);
    assert_eq!(drop_after(ms(700) + NANOSECOND), [None, None, None, TRIPPED]);
}

#[test]
fn r65_or_than_half_of_the_timeout() {
    let drop_after = |ran_for| {
        let rig = Rig::half_of_four();
        [(); 4].map(|()| rig.abandon_after(rig.enter(), ran_for))
    };
    assert_eq!(drop_after(TIMEOUT / 2), [None; 4]);
    assert_eq!(drop_after(TIMEOUT / 2 + NANOSECOND), [None, None, None, TRIPPED]);
}

#[test]
fn r65_one_that_ran_shortly_counts_as_nothing() {
    let mut rig = Rig::half_of_four();
    rig.calls([Failure, Failure, Failure]);
    for _ in 0..10 {
        assert_eq!(rig.abandon_after(rig.enter(), ms(1)), None);
    }
    let window = rig.state.read(&rig.breaker, rig.now).window.unwrap();
    assert_eq!((window.calls, window.failures), (3, 3));
    assert_eq!(rig.call(Neutral), None);
    assert_eq!(rig.call(Success), TRIPPED);
}

#[test]
fn r65_it_is_a_share_of_the_calls_like_any_failure() {
    let mut rig = Rig::half_of_four();
    rig.calls([Success, Success, Success]);
    assert_eq!(rig.abandon_after(rig.enter(), TIMEOUT), None);
    assert_eq!(rig.abandon_after(rig.enter(), TIMEOUT), None);
    assert_eq!(rig.abandon_after(rig.enter(), TIMEOUT), TRIPPED);
}

#[test]
fn r65_one_admitted_before_the_trip_counts_as_nothing() {
    let mut rig = Rig::half_of_four();
    let old = [(); 9].map(|()| rig.enter());
    rig.calls([Failure, Failure, Failure, Failure]);
    rig.pass(COOLDOWN);
    rig.settle(rig.probe(), Success);
    assert_eq!(old.map(|admission| rig.abandon_after(admission, TIMEOUT)), [None; 9]);
    assert_eq!(rig.state.read(&rig.breaker, rig.now).window.unwrap().calls, 0);
}
