//! What opens a closed breaker, and what does not: R60, and R22.

use super::*;
use Settled::{Failure, Neutral, Success};

use crate::Verdict;

#[test]
fn r60_failures_in_a_row_open_it_and_no_fewer() {
    for failures in [1, 2, 5, 100] {
        let mut rig = Rig::new(Breaker::new().failures(failures));
        for _ in 1..failures {
            assert_eq!(rig.call(Failure), None);
        }
        assert_eq!(rig.phase(), Phase::Closed);
        assert_eq!(rig.call(Failure), TRIPPED);
        assert_eq!(rig.admit(), Err(COOLDOWN));
    }
}

#[test]
fn r60_a_success_begins_the_row_anew() {
    let mut rig = Rig::new(Breaker::new().failures(3));
    assert_eq!(rig.calls([Failure, Failure, Success, Failure, Failure, Success]), None);
    assert_eq!(rig.calls([Failure, Failure, Failure]), TRIPPED);
}

#[test]
fn r60_the_row_is_that_of_the_outcomes_not_of_the_admissions() {
    let rig = Rig::new(Breaker::new().failures(2));
    let (first, second, third) = (rig.enter(), rig.enter(), rig.enter());
    assert_eq!(rig.settle(third, Failure), None);
    assert_eq!(rig.settle(first, Success), None);
    assert_eq!(rig.settle(second, Failure), None);
    assert_eq!(rig.phase(), Phase::Closed);
}

#[test]
fn r60_failures_in_a_row_do_not_age() {
    let mut rig = Rig::new(Breaker::new().failures(2));
    rig.call(Failure);
    rig.pass(ms(86_400_000));
    assert_eq!(rig.call(Failure), TRIPPED);
}

#[test]
fn r60_a_slow_success_is_none_of_the_failures_in_a_row() {
    let rig = Rig::touchy();
    assert_eq!(rig.settle_after(rig.enter(), Success, ms(1_000_000)), None);
    assert_eq!(rig.phase(), Phase::Closed);
}

#[test]
fn r60_a_share_is_reached_by_exactly_that_share() {
    let mut rig = Rig::half_of_four();
    assert_eq!(rig.calls([Success, Success, Failure, Failure]), TRIPPED);

    let third = Percent::hundredths(3_333);
    let mut rig = Rig::new(half_of_four().failure_rate(third).min_calls(3));
    assert_eq!(rig.calls([Success, Success, Failure]), TRIPPED);
    let mut rig = Rig::new(half_of_four().failure_rate(Percent::hundredths(3_334)).min_calls(3));
    assert_eq!(rig.calls([Success, Success, Failure]), None);

    let mut rig = Rig::new(half_of_four().failure_rate(Percent::of(100)));
    assert_eq!(rig.calls([Failure, Failure, Failure, Success, Failure, Failure]), None);
    let mut rig = Rig::new(half_of_four().failure_rate(Percent::of(100)));
    assert_eq!(rig.calls([Failure, Failure, Failure, Failure]), TRIPPED);
}

#[test]
fn r60_less_than_the_share_leaves_it_closed() {
    let mut rig = Rig::half_of_four();
    assert_eq!(rig.calls([Success, Success, Success, Failure, Failure]), None);
    assert_eq!(rig.call(Failure), TRIPPED);
}

#[test]
fn r60_nothing_is_judged_before_enough_outcomes_are_in() {
    let mut rig = Rig::half_of_four();
    assert_eq!(rig.calls([Failure, Failure, Failure]), None);
    assert_eq!(rig.phase(), Phase::Closed);
}

#[test]
fn r60_attempts_under_way_are_no_outcomes() {
    let mut rig = Rig::half_of_four();
    let running = [rig.enter(), rig.enter()];
    assert_eq!(rig.calls([Failure, Failure, Failure]), None);
    assert_eq!(running.map(|admission| rig.settle(admission, Failure)), [TRIPPED, None]);
}

#[test]
fn r60_a_success_is_judged_as_well() {
    let mut rig = Rig::half_of_four();
    assert_eq!(rig.calls([Failure, Failure, Failure, Success]), TRIPPED);
}

#[test]
fn r60_a_share_of_slow_calls_opens_it_as_well() {
    let slow = |rig: &Rig| rig.settle_after(rig.enter(), Success, ms(201));
    let mut rig = Rig::new(half_of_four().slow_call(ms(200)));
    assert_eq!(rig.calls([Success, Success]), None);
    assert_eq!((slow(&rig), slow(&rig)), (None, TRIPPED));

    // Half of them fail or are slow, but a quarter fails and a quarter is slow.
    let mut rig = Rig::new(half_of_four().slow_call(ms(200)));
    assert_eq!(rig.calls([Success, Success, Failure]), None);
    assert_eq!(slow(&rig), None);

    // Without the clause no call is slow.
    let rig = Rig::half_of_four();
    assert_eq!([(); 9].map(|()| slow(&rig)), [None; 9]);
}

#[test]
fn r60_slow_is_slower_than_the_clause() {
    let rig = Rig::new(half_of_four().slow_call(ms(200)));
    assert_eq!([(); 9].map(|()| rig.settle_after(rig.enter(), Success, ms(200))), [None; 9]);
    let rig = Rig::new(half_of_four().slow_call(ms(200)));
    let outcomes = [(); 4].map(|()| rig.settle_after(rig.enter(), Success, ms(200) + NANOSECOND));
    assert_eq!(outcomes, [None, None, None, TRIPPED]);
}

#[test]
fn r60_a_slow_failure_is_both() {
    let mut rig = Rig::new(half_of_four().slow_call(ms(200)));
    rig.calls([Success, Success]);
    rig.settle_after(rig.enter(), Failure, ms(201));
    assert_eq!(rig.settle_after(rig.enter(), Success, ms(201)), TRIPPED);
}

#[test]
fn r60_only_outcomes_of_the_window_count() {
    let mut rig = Rig::half_of_four();
    rig.calls([Failure, Failure, Failure]);
    rig.pass(ms(10_000));
    assert_eq!(rig.calls([Success, Failure, Failure]), None);

    let mut rig = Rig::half_of_four();
    rig.calls([Failure, Failure, Failure]);
    rig.pass(just_under(ms(10_000)));
    assert_eq!(rig.call(Success), TRIPPED);
}

#[test]
fn r60_failures_are_what_the_rule_says() {
    let failures = [Verdict::Retry, Verdict::RetryAfter(ms(1)), Verdict::Failover, Verdict::Ambiguous];
    assert_eq!(failures.map(Settled::from), [Failure; 4]);
}

#[test]
fn r22_abort_says_that_it_works_and_throttled_says_nothing() {
    assert_eq!(Settled::from(Verdict::Abort), Success);
    assert_eq!(Settled::from(Verdict::Throttled(ms(1))), Neutral);
}

#[test]
fn r22_what_says_nothing_neither_counts_nor_ends_a_row() {
    let mut rig = Rig::new(Breaker::new().failures(2));
    assert_eq!(rig.calls([Failure, Neutral, Neutral, Failure]), TRIPPED);

    let mut rig = Rig::half_of_four();
    assert_eq!(rig.calls([Failure, Failure, Failure, Neutral, Neutral]), None);
    let mut rig = Rig::half_of_four();
    assert_eq!(rig.calls([Neutral, Neutral, Neutral, Neutral, Success, Success, Failure, Failure]), TRIPPED);
}
