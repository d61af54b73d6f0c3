//! What operators do to it, and what they see: shadow, force, R90, R91, and the definition itself.

use super::super::{Forced, Reading, Tally, Trip};
use super::*;
use Settled::{Failure, Success};

fn read(rig: &Rig) -> Reading {
    rig.state.read(&rig.breaker, rig.now)
}

#[test]
fn shadow_decides_and_reports_but_refuses_nothing() {
    let mut rig = Rig::new(Breaker::new().failures(1).cooldown(COOLDOWN).shadow()).tripped();
    let waved = rig.enter();
    assert!(waved.is_refused() && !waved.is_probe());
    // What would have been refused decides nothing.
    assert_eq!(rig.settle(waved, Success), None);
    assert_eq!(rig.phase(), Phase::Open { retry_in: COOLDOWN });

    rig.pass(COOLDOWN);
    let probe = rig.probe();
    let beside = rig.enter();
    assert!(beside.is_refused());
    assert_eq!((probe.change(), beside.change()), (HALF_OPENED, None));
    assert_eq!(rig.settle(beside, Failure), None);
    assert!(rig.enter().is_refused(), "it had no place to give back");
    assert_eq!(rig.settle(probe, Success), CLOSED);
    assert!(!rig.enter().is_refused());
}

#[test]
fn forced_open_admits_nothing_and_goes_on_deciding() {
    let mut rig = Rig::touchy();
    let before = rig.enter();
    assert_eq!(rig.state.force(Some(Forced::Open)), None);
    assert_eq!(rig.admit(), Err(COOLDOWN));
    assert_eq!((read(&rig).forced, read(&rig).phase), (Some(Forced::Open), Phase::Closed));
    assert_eq!(rig.settle(before, Failure), TRIPPED);
    rig.pass(2 * COOLDOWN);
    assert_eq!(rig.admit(), Err(COOLDOWN));
    assert_eq!(rig.state.force(None), Some(Forced::Open));
    let _ = rig.probe();
}

#[test]
fn forced_open_holds_for_a_shadow() {
    let rig = Rig::new(Breaker::new().shadow());
    rig.state.force(Some(Forced::Open));
    assert!(rig.admit().is_err());
}

#[test]
fn forced_closed_admits_everything_and_goes_on_deciding() {
    let mut rig = Rig::touchy().tripped();
    rig.state.force(Some(Forced::Closed));
    assert_eq!([(); 9].map(|()| rig.enter().is_refused()), [true; 9]);
    rig.pass(COOLDOWN);
    let probe = rig.probe();
    assert!(rig.enter().is_refused());
    assert_eq!(rig.settle(probe, Failure), reopened_for(2 * COOLDOWN));
    assert!(rig.enter().is_refused());
    rig.state.force(None);
    assert_eq!(rig.admit(), Err(2 * COOLDOWN));
}

#[test]
fn r90_a_new_definition_judges_what_was_counted() {
    let mut rig = Rig::new(Breaker::new().failures(5));
    rig.calls([Failure, Failure, Failure]);
    rig.breaker = Breaker::new().failures(2);
    assert_eq!(rig.phase(), Phase::Closed);
    assert_eq!(rig.call(Failure), TRIPPED);

    let mut rig = Rig::new(half_of_four().min_calls(100));
    rig.calls([Failure; 9]);
    rig.breaker = half_of_four();
    assert_eq!(rig.call(Success), TRIPPED);
}

#[test]
fn r90_calls_that_were_slow_by_an_earlier_definition_no_longer_open_it() {
    let mut rig = Rig::new(half_of_four().slow_call(ms(200)));
    for _ in 0..3 {
        rig.settle_after(rig.enter(), Success, ms(201));
    }
    rig.breaker = half_of_four();
    assert_eq!(rig.call(Success), None);
}

#[test]
fn r90_failures_in_a_row_are_counted_in_both_forms() {
    let mut rig = Rig::new(half_of_four().min_calls(100));
    rig.calls([Failure, Success, Failure, Failure]);
    rig.breaker = Breaker::new().failures(3);
    assert_eq!(rig.call(Failure), TRIPPED);

    let mut rig = Rig::new(Breaker::new().failures(3));
    rig.calls([Failure, Failure]);
    rig.breaker = half_of_four();
    assert_eq!(rig.call(Success), None);
    rig.breaker = Breaker::new().failures(3);
    assert_eq!(rig.call(Failure), None);
}

#[test]
fn r90_a_new_definition_leaves_it_open() {
    let mut rig = Rig::touchy().tripped();
    rig.breaker = half_of_four().cooldown(ms(1));
    assert_eq!(rig.open_for(), Some(COOLDOWN));
    rig.breaker = half_of_four().probes(2);
    let probes = [rig.probe(), rig.probe()];
    rig.breaker = half_of_four().probes(1);
    assert!(rig.admit().is_err());
    assert_eq!(probes.map(|probe| rig.settle(probe, Success)), [CLOSED, None]);
}

#[test]
fn r90_a_window_of_another_length_keeps_its_calls() {
    let tally = |rig: &Rig| read(rig).window.unwrap().calls;
    let mut rig = Rig::new(half_of_four().window(ms(320)).min_calls(1_000));
    for _ in 0..32 {
        rig.call(Failure);
        rig.pass(ms(10));
    }
    // The first has just become too old.
    assert_eq!(tally(&rig), 31);
    rig.breaker = half_of_four().window(ms(1_000_000)).min_calls(1_000);
    for calls in 32..100 {
        rig.call(Failure);
        assert_eq!(tally(&rig), calls);
        rig.pass(ms(31_250));
        if calls == 50 {
            break;
        }
    }
    rig.breaker = half_of_four().window(ms(4 * 31_250)).min_calls(1_000);
    assert_eq!(tally(&rig), 3);
}

#[test]
fn r91_reset_closes_it_and_says_what_it_cleared() {
    let mut rig = Rig::new(half_of_four());
    let old = rig.enter();
    rig.calls([Success, Failure, Failure]);
    let tally = Tally { calls: 3, failures: 2, slow: 0 };
    let counted = Reading { phase: Phase::Closed, forced: None, failures_in_a_row: 2, window: Some(tally) };
    assert_eq!(rig.state.reset(&rig.breaker, rig.now), counted);
    assert_eq!(rig.settle(old, Failure), None);
    assert_eq!(rig.calls([Failure, Failure, Failure]), None);
    assert_eq!(rig.call(Failure), TRIPPED);
    assert_eq!(rig.state.reset(&rig.breaker, rig.now).phase, Phase::Open { retry_in: COOLDOWN });
    assert_eq!(rig.calls([Failure, Failure, Failure]), None);
}

#[test]
fn r91_reset_ends_the_doubling_and_leaves_what_is_forced() {
    let mut rig = Rig::touchy().tripped();
    rig.pass(COOLDOWN);
    assert_eq!(rig.settle(rig.probe(), Failure), reopened_for(2 * COOLDOWN));
    rig.state.reset(&rig.breaker, rig.now);
    assert_eq!(rig.call(Failure), TRIPPED);
    rig.state.force(Some(Forced::Open));
    rig.state.reset(&rig.breaker, rig.now);
    assert!(rig.admit().is_err());
}

#[test]
fn the_phase_is_half_open_as_soon_as_the_cooldown_is_over() {
    let mut rig = Rig::touchy().tripped();
    rig.pass(just_under(COOLDOWN));
    assert_eq!(rig.phase(), Phase::Open { retry_in: NANOSECOND });
    rig.pass(NANOSECOND);
    assert_eq!(rig.phase(), Phase::HalfOpen);
}

#[test]
fn clauses_have_the_defaults_of_their_form() {
    const BARE: Breaker = Breaker::new();
    const RATE: Breaker = Breaker::new().min_calls(7);
    assert_eq!(BARE.trip(), Trip::InARow { failures: 5 });
    assert_eq!((BARE.first_cooldown(), BARE.most_probes(), BARE.is_shadow()), (ms(60_000), 1, false));

    let Trip::Rate(rate) = RATE.trip() else { panic!("it is of form 2") };
    assert_eq!((rate.failure_rate, rate.window, rate.slow_call), (Percent::of(50), ms(30_000), None));
    assert_eq!((rate.min_calls, RATE.first_cooldown(), RATE.most_probes()), (7, ms(30_000), 3));

    let said = Breaker::new().cooldown(ms(60_000)).probes(1).failure_rate(Percent::of(20));
    assert_eq!((said.first_cooldown(), said.most_probes()), (ms(60_000), 1));
}

#[test]
fn a_definition_is_shown_by_its_clauses() {
    let json = |breaker: Breaker| serde_json::to_string(&breaker).unwrap();
    assert_eq!(json(Breaker::new().shadow()), r#"{"failures":5,"cooldown":"1m","probes":1,"shadow":true}"#);
    let rate = Breaker::new().failure_rate(Percent::hundredths(1_250)).slow_call(ms(2_000));
    let shown = r#"{"failure_rate":"12.5%","window":"30s","min_calls":20,"slow_call":"2s","cooldown":"30s","probes":3,"shadow":false}"#;
    assert_eq!(json(rate), shown);
}

#[test]
fn a_reading_is_shown_flat() {
    let rig = Rig::touchy().tripped();
    let shown = r#"{"state":"open","retry_in":60000.0,"forced":null,"failures_in_a_row":1,"window":null}"#;
    assert_eq!(serde_json::to_string(&read(&rig)).unwrap(), shown);
    assert_eq!(rig.phase().to_string(), "open for 1m");
}

#[test]
fn every_fault_of_a_definition_is_named() {
    let zero = Duration::ZERO;
    let rate = Breaker::new().failure_rate(Percent::of(0)).window(zero).min_calls(0).slow_call(zero);
    let bad = rate.failures(0).cooldown(ms(86_400_000) + NANOSECOND).probes(1_000_001);
    assert!(bad.faults().iter().all(Option::is_some));
    for fault in [
        Breaker::new().failures(0),
        Breaker::new().failures(1_000_001),
        Breaker::new().failures(5).window(ms(1)),
        Breaker::new().failure_rate(Percent::hundredths(10_001)),
        Breaker::new().slow_call(Duration::from_nanos(999)),
    ] {
        assert_eq!(fault.faults().iter().flatten().count(), 1, "{fault:?}");
    }
    let good = Breaker::new().failure_rate(Percent::of(100)).window(ms(86_400_000)).slow_call(Duration::from_micros(1));
    assert_eq!(good.faults(), [None; 7]);
}
