//! How long it stays open: R61.

use super::*;
use Settled::{Failure, Success};

/// The cooldowns of a breaker that opens again and again.
fn cooldowns(first: Duration) -> Vec<Duration> {
    let mut rig = Rig::new(Breaker::new().failures(1).cooldown(first));
    rig.call(Failure);
    let mut cooldowns = Vec::new();
    for _ in 0..40 {
        cooldowns.push(rig.open_for().expect("it is open"));
        let probe = rig.probe();
        rig.settle(probe, Failure);
    }
    cooldowns
}

#[test]
fn r61_it_is_open_for_exactly_its_cooldown() {
    let mut rig = Rig::touchy().tripped();
    assert_eq!(rig.open_for(), Some(COOLDOWN));
    assert_eq!(rig.probe().change(), HALF_OPENED);
}

#[test]
fn r61_the_cooldown_begins_with_the_outcome_that_opens_it() {
    let mut rig = Rig::touchy();
    let admission = rig.enter();
    rig.pass(ms(7));
    rig.settle(admission, Failure);
    assert_eq!(rig.open_for(), Some(COOLDOWN));
}

#[test]
fn r61_refusals_name_the_time_left() {
    let mut rig = Rig::touchy().tripped();
    for left in [COOLDOWN, ms(59_999), ms(30_000), ms(1)] {
        rig.now = Moment(1 << 62) + COOLDOWN.saturating_sub(left);
        assert_eq!(rig.admit(), Err(left));
        assert_eq!(rig.phase(), Phase::Open { retry_in: left });
    }
}

#[test]
fn r61_refusals_do_not_make_it_longer() {
    let mut rig = Rig::touchy().tripped();
    for second in 0..60 {
        assert_eq!(rig.admit(), Err(ms(60_000 - 1_000 * second)));
        rig.pass(ms(1_000));
    }
    let _ = rig.probe();
}

#[test]
fn r61_each_reopening_doubles_the_cooldown_up_to_ten_times() {
    let seconds = |cooldowns: Vec<Duration>| cooldowns.into_iter().map(|time| time.as_secs()).collect::<Vec<_>>();
    assert_eq!(seconds(cooldowns(ms(2_000)))[..7], [2, 4, 8, 16, 20, 20, 20]);
    assert_eq!(cooldowns(ms(2_000)).last(), Some(&ms(20_000)));
}

#[test]
fn r61_and_up_to_five_minutes() {
    let seconds = |first, count| {
        let times = cooldowns(first).into_iter().take(count);
        times.map(|time| time.as_secs()).collect::<Vec<_>>()
    };
    assert_eq!(seconds(ms(60_000), 5), [60, 120, 240, 300, 300]);
    assert_eq!(seconds(ms(40_000), 5), [40, 80, 160, 300, 300]);
    assert_eq!(seconds(ms(300_000), 3), [300, 300, 300]);
}

#[test]
fn r61_one_cooldown_may_be_longer_than_that() {
    assert!(cooldowns(ms(301_000)).iter().all(|&cooldown| cooldown == ms(301_000)));
    assert!(cooldowns(ms(86_400_000)).iter().all(|&cooldown| cooldown == ms(86_400_000)));
}

#[test]
fn r61_a_close_between_ends_the_doubling() {
    let mut rig = Rig::touchy().tripped();
    for cooldown in [60_000, 120_000] {
        assert_eq!(rig.open_for(), Some(ms(cooldown)));
        let probe = rig.probe();
        rig.settle(probe, Failure);
    }
    assert_eq!(rig.open_for(), Some(ms(240_000)));
    assert_eq!(rig.settle(rig.probe(), Success), CLOSED);
    assert_eq!(rig.call(Failure), TRIPPED);
    assert_eq!(rig.open_for(), Some(COOLDOWN));
}

#[test]
fn r61_a_reopening_is_reported_with_its_cooldown() {
    let mut rig = Rig::touchy().tripped();
    rig.open_for();
    assert_eq!(rig.settle(rig.probe(), Failure), reopened_for(ms(120_000)));
}
