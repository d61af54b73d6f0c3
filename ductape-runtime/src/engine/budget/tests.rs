use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use proptest::prelude::*;

use super::{Account, RetryBudget};
use crate::engine::Percent;
use crate::moment::Moment;

const START: Moment = Moment(1 << 62);
const WINDOW: Duration = Duration::from_secs(10);
/// What the window may be off by, to the careful side.
const BUCKET: Duration = Duration::from_millis(100);

fn budget(share: f64) -> RetryBudget {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and positive")]
    RetryBudget::new(Percent::hundredths((share * 10_000.0).round() as u32))
}

fn ms(milliseconds: u64) -> Moment {
    START + Duration::from_millis(milliseconds)
}

fn deposit(account: &Account, calls: u64, now: Moment) {
    (0..calls).for_each(|_| account.deposit(now));
}

/// How many withdrawals are possible now: makes them all.
fn drain(account: &Account, share: f64, now: Moment) -> u64 {
    let mut granted = 0;
    while account.withdraw(&budget(share), now) {
        granted += 1;
    }
    granted
}

#[test]
fn the_definition_says_what_was_written() {
    let definition = budget(0.2);
    assert_eq!(serde_json::to_string(&definition).unwrap(), r#""20%""#);
    assert_eq!(serde_json::to_string(&budget(0.005)).unwrap(), r#""0.5%""#);
    assert_eq!(serde_json::to_string(&budget(0.29)).unwrap(), r#""29%""#);
}

#[test]
fn r72_the_share_of_the_calls() {
    for (share, calls, allowed) in [(0.2, 1_000, 200), (0.2, 1_004, 200), (0.2, 1_005, 201), (1.0, 150, 150)] {
        let account = Account::new();
        deposit(&account, calls, START);
        assert_eq!(drain(&account, share, START), allowed, "{share} of {calls}");
    }
    // In floating point, each of these is a little less.
    for (share, calls, allowed) in [(0.29, 1_500, 435), (0.58, 1_500, 870), (0.69, 1_100, 759)] {
        let account = Account::new();
        deposit(&account, calls, START);
        assert_eq!(drain(&account, share, START), allowed, "{share} of {calls}");
    }
}

#[test]
fn r72_the_floor_is_ten_per_second_of_the_window() {
    for (calls, allowed) in [(0, 100), (1, 100), (500, 100), (504, 100), (505, 101)] {
        let account = Account::new();
        deposit(&account, calls, START);
        assert_eq!(drain(&account, 0.2, START), allowed, "{calls} calls");
    }
}

#[test]
fn r72_a_refusal_consumes_nothing_and_neither_does_a_look() {
    let account = Account::new();
    let twenty = budget(0.2);
    for _ in 0..1_000 {
        assert!(account.look(&twenty, START));
    }
    assert_eq!(drain(&account, 0.2, START), 100);
    for _ in 0..1_000 {
        assert!(!account.look(&twenty, START) && !account.withdraw(&twenty, START));
    }
    deposit(&account, 505, START);
    assert!(account.look(&twenty, START));
    assert_eq!(drain(&account, 0.2, START), 1);
}

#[test]
fn r72_the_window_is_ten_seconds() {
    let account = Account::new();
    deposit(&account, 1_000, ms(0));
    assert_eq!(drain(&account, 0.2, ms(0)), 200);
    assert_eq!(drain(&account, 0.2, ms(9_999)), 0);
    // Both are over: there is the floor again.
    assert_eq!(drain(&account, 0.2, ms(10_000)), 100);
    assert_eq!(drain(&account, 0.2, ms(19_999)), 0);
    assert_eq!(drain(&account, 0.2, ms(20_000)), 100);
}

#[test]
fn r72_calls_count_for_ten_seconds() {
    // Of calls a bucket may go early, never late.
    for (later, allowed) in [(0, 200), (5_000, 200), (9_899, 200), (10_000, 100), (500_000, 100)] {
        let account = Account::new();
        deposit(&account, 1_000, ms(0));
        assert_eq!(drain(&account, 0.2, ms(later)), allowed, "{later} ms later");
    }
}

#[test]
fn r72_withdrawals_are_forgotten_as_they_grow_old() {
    let account = Account::new();
    let twenty = budget(0.2);
    for second in 0..10 {
        assert!((0..10).all(|_| account.withdraw(&twenty, ms(1_000 * second))));
    }
    for second in 10..30 {
        assert_eq!(drain(&account, 0.2, ms(1_000 * second - 1)), 0);
        assert_eq!(drain(&account, 0.2, ms(1_000 * second)), 10);
    }
}

#[test]
fn r72_the_share_can_change_while_running() {
    let account = Account::new();
    deposit(&account, 1_000, START);
    assert_eq!(drain(&account, 0.2, START), 200);
    assert_eq!(drain(&account, 0.15, START), 0);
    assert_eq!(drain(&account, 0.25, START), 50);
}

#[test]
fn r83_a_call_that_is_counted_late_harms_no_later_one() {
    let account = Account::new();
    deposit(&account, 600, ms(20_000));
    // The same bucket of the ring, two turns ago.
    deposit(&account, 1, ms(0));
    assert_eq!(drain(&account, 0.2, ms(20_000)), 120);
}

#[test]
fn r83_who_comes_with_an_older_time_finds_nothing_forgotten_that_counts() {
    let account = Account::new();
    let twenty = budget(0.2);
    assert_eq!(drain(&account, 0.2, ms(0)), 100);
    assert!(account.look(&twenty, ms(10_000)));
    assert_eq!(drain(&account, 0.2, ms(9_999)), 100);
    // They count from the later time on.
    assert_eq!(drain(&account, 0.2, ms(19_999)), 0);
    assert_eq!(drain(&account, 0.2, ms(20_000)), 100);
}

#[test]
fn r83_threads_count_every_call_and_get_what_it_allows_and_not_one_more() {
    const CALLS: u64 = if cfg!(miri) { 300 } else { 50_000 };
    let account = Account::new();
    let granted = AtomicU64::new(0);
    let work = |number: u64| {
        for call in 0..CALLS {
            // Through some buckets, not in step with the others.
            account.deposit(ms((call + number * 77) % 500));
            let now = ms(500 + call % 100);
            granted.fetch_add(u64::from(account.withdraw(&budget(0.2), now)), Ordering::Relaxed);
        }
    };
    thread::scope(|scope| (0..4).for_each(|number| drop(scope.spawn(move || work(number)))));
    let last = drain(&account, 0.2, ms(600));
    assert_eq!(granted.into_inner() + last, (4 * CALLS / 5).max(100));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// At each step, the time since the last one, calls, and wishes to withdraw.
    #[test]
    fn r72_no_ten_seconds_hold_more_than_they_allow(
        steps in prop::collection::vec((prop_oneof![0..50_u64, 0..3_000_u64, 9_900..10_200_u64], 0..400_u64, 0..150_u64), 1..40),
        percent in 1..100_u32,
    ) {
        let (account, share) = (Account::new(), f64::from(percent) / 100.0);
        let (mut now, mut calls, mut granted) = (START, Vec::new(), Vec::new());
        let within = |events: &[(Moment, u64)], now: Moment, window: Duration| {
            events.iter().filter(|(event, _)| now.since(*event) < window).map(|(_, count)| count).sum::<u64>()
        };
        for (step, deposits, wishes) in steps {
            // An odd number, so that buckets begin anywhere.
            now = now + Duration::from_nanos(step * 1_000_003);
            deposit(&account, deposits, now);
            calls.push((now, deposits));
            let budget = budget(share);
            granted.push((now, (0..wishes).filter(|_| account.withdraw(&budget, now)).count() as u64));
            let allowed = |window| 100.max(within(&calls, now, window) * u64::from(percent) / 100);
            let refused = !account.look(&budget, now);
            prop_assert!(within(&granted, now, WINDOW) <= allowed(WINDOW) || granted.last() == Some(&(now, 0)));
            prop_assert!(!refused || within(&granted, now, WINDOW + BUCKET) >= allowed(WINDOW.saturating_sub(BUCKET)));
        }
    }
}
