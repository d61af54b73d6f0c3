use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use governor::clock::{Clock, FakeRelativeClock};
use governor::{Quota, RateLimiter};
use proptest::prelude::*;

use super::{Rate, RateLimit, Reservation, Tokens};
use crate::moment::Moment;

const START: Moment = Moment(1 << 62);
const FOREVER: Duration = Duration::MAX;

fn tokens() -> Arc<Tokens> {
    Arc::new(Tokens::new())
}

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn at(milliseconds: u64) -> Moment {
    START + ms(milliseconds)
}

/// A token each ten milliseconds.
const fn limit(burst: u32) -> RateLimit {
    RateLimit::new(Rate::per_second(100)).burst(burst)
}

/// How many tokens are there now: takes them all.
fn drain(tokens: &Tokens, limit: &RateLimit, now: Moment) -> u32 {
    let mut admitted = 0;
    while tokens.admit(limit, now).is_ok() {
        admitted += 1;
    }
    admitted
}

#[test]
fn the_definition_says_what_was_written() {
    const DEFINITION: RateLimit = RateLimit::new(Rate::per_second(100)).burst(20).wait(ms(50)).shadow();
    let json = serde_json::to_string(&DEFINITION).unwrap();
    assert_eq!(json, r#"{"rate":"100/s","burst":20,"wait":"50ms","shadow":true}"#);
    let json = serde_json::to_string(&RateLimit::new(Rate::per_minute(600))).unwrap();
    assert_eq!(json, r#"{"rate":"600/m","burst":10,"wait":"0s","shadow":false}"#);
    assert_eq!(format!("{:>8}", Rate::per_hour(10_000)), " 10000/h");
}

#[test]
fn r71_a_burst_and_then_one_each_interval() {
    let (tokens, limit) = (tokens(), limit(3));
    assert_eq!(drain(&tokens, &limit, at(0)), 3);
    for turn in 1..=20 {
        assert_eq!(drain(&tokens, &limit, at(10 * turn - 1)), 0);
        assert_eq!(drain(&tokens, &limit, at(10 * turn)), 1);
    }
    // What is not used adds up, to the burst and no further.
    assert_eq!(drain(&tokens, &limit, at(225)), 2);
    assert_eq!(drain(&tokens, &limit, at(230)), 1);
    assert_eq!(drain(&tokens, &limit, at(9_000)), 3);
}

#[test]
fn r71_the_burst_is_what_one_second_allows_unless_given() {
    let bursts = [
        (Rate::per_second(100), 100),
        (Rate::per_minute(600), 10),
        (Rate::per_minute(119), 1),
        (Rate::per_minute(59), 1),
        (Rate::per_hour(10_000), 2),
        (Rate::per_hour(1), 1),
    ];
    for (rate, burst) in bursts {
        assert_eq!(drain(&tokens(), &RateLimit::new(rate), START), burst, "{rate}");
        assert_eq!(drain(&tokens(), &RateLimit::new(rate).burst(7), START), 7, "{rate}");
    }
}

#[test]
fn r71_no_time_holds_more_than_the_rate_allows() {
    // None of them comes out even in nanoseconds.
    let rates = [
        (Rate::per_second(3), 10_800),
        (Rate::per_second(7), 25_200),
        (Rate::per_minute(7), 420),
        (Rate::per_hour(99_991), 99_991),
    ];
    for (rate, per_hour) in rates {
        let (tokens, limit) = (tokens(), RateLimit::new(rate).burst(1));
        let (mut now, mut admitted) = (START, 0);
        while now <= START + Duration::from_secs(3_600) {
            match tokens.admit(&limit, now) {
                Ok(()) => admitted += 1,
                Err(wait) => now = now + wait,
            }
        }
        // The first one is the burst; the interval that is rounded up moves the last one out of the hour.
        assert_eq!(admitted, per_hour, "{rate}");
    }
}

#[test]
fn r71_a_refusal_consumes_nothing_and_says_the_time_until_the_next_token() {
    let (tokens, limit) = (tokens(), limit(2));
    assert_eq!(drain(&tokens, &limit, at(0)), 2);
    for now in 0..10 {
        let wait = Err(ms(10 - now));
        for _ in 0..50 {
            assert_eq!(tokens.admit(&limit, at(now)), wait);
            assert_eq!(tokens.look(&limit, at(now)), wait);
            assert_eq!(tokens.reserve(&limit, at(now), ms(9 - now)).err(), wait.err());
        }
    }
    let almost = Moment(at(10).0 - 1);
    assert_eq!(tokens.admit(&limit, almost), Err(Duration::from_nanos(1)));
    assert_eq!(tokens.admit(&limit, at(10)), Ok(()));
}

#[test]
fn r71_a_look_takes_nothing() {
    let (tokens, limit) = (tokens(), limit(1));
    assert!((0..9).all(|_| tokens.look(&limit, at(0)).is_ok()));
    assert_eq!(tokens.admit(&limit, at(0)), Ok(()));
    assert_eq!(tokens.look(&limit, at(4)), Err(ms(6)));
}

#[test]
fn r71_a_bucket_that_is_empty_is_so_at_any_other_rate() {
    let given = |rate| RateLimit::new(rate).burst(5);
    let rates =
        [Rate::per_hour(1), Rate::per_minute(6), Rate::per_second(1), Rate::per_second(10), Rate::per_second(1_000)];
    for (before, after) in rates.into_iter().flat_map(|before| rates.map(|after| (before, after))) {
        for (before, after) in [(RateLimit::new(before), RateLimit::new(after)), (given(before), given(after))] {
            let tokens = tokens();
            drain(&tokens, &before, START);
            let next = Duration::from_nanos(after.rate.interval());
            assert_eq!(tokens.admit(&after, START), Err(next), "{before:?} then {after:?}");
            assert_eq!(drain(&tokens, &after, START + next), 1);
            assert_eq!(drain(&tokens, &after, START + next * (after.capacity() + 1)), after.capacity());
        }
    }
}

#[test]
fn r71_what_was_consumed_stays_consumed_when_the_rate_changes() {
    let given = |count, burst| RateLimit::new(Rate::per_second(count)).burst(burst);
    let cases = [
        // The burst stays: so do the tokens that are left.
        (given(10, 10), 4, given(1_000, 10), 6),
        (given(1_000, 10), 4, given(10, 10), 6),
        (given(10, 10), 0, given(1, 10), 10),
        // The burst changes: the share that is left stays.
        (RateLimit::new(Rate::per_second(100)), 60, RateLimit::new(Rate::per_second(50)), 20),
        (RateLimit::new(Rate::per_second(50)), 30, RateLimit::new(Rate::per_second(100)), 40),
        (given(10, 4), 1, given(10, 8), 6),
        (given(10, 4), 0, given(10, 8), 8),
        (given(10, 8), 8, given(10, 100), 0),
    ];
    for (before, consumed, after, left) in cases {
        let tokens = tokens();
        assert!((0..consumed).all(|_| tokens.admit(&before, START).is_ok()));
        assert_eq!(drain(&tokens, &after, START), left, "{consumed} of {before:?} then {after:?}");
    }
}

#[test]
fn r71_a_rate_that_changes_to_and_fro_hands_out_nothing() {
    let (tokens, slow, fast) = (tokens(), RateLimit::new(Rate::per_hour(7)), RateLimit::new(Rate::per_second(11)));
    drain(&tokens, &fast, START);
    // A moment at which the share that is missing does not come out even.
    let now = START + Duration::from_nanos(7);
    let wait = tokens.look(&fast, now).unwrap_err();
    for _ in 0..1_000 {
        assert!(tokens.admit(&slow, now).is_err() && tokens.admit(&fast, now).is_err());
    }
    let later = tokens.look(&fast, now).unwrap_err();
    assert!(wait <= later && later <= wait + Duration::from_micros(2));
}

#[test]
fn r71_a_token_that_was_reserved_at_one_rate_is_not_handed_out_at_another() {
    let given = |count| RateLimit::new(Rate::per_second(count)).burst(1);
    let (tokens, slow, fast) = (tokens(), given(1), given(100));
    let [first, _second, third] = [(); 3].map(|()| tokens.reserve(&slow, at(0), FOREVER).unwrap());
    first.settle();
    // The line of three shrinks to thirty milliseconds; the last of it was to start after two seconds.
    assert_eq!(tokens.look(&fast, at(0)), Err(ms(30)));
    drop(third);
    assert_eq!(tokens.admit(&fast, at(1_995)), Ok(()));
    assert_eq!(tokens.admit(&fast, at(2_000)), Err(ms(5)));
}

#[test]
fn r71_a_token_that_was_given_back_before_the_rate_changed_is_not_handed_out_after() {
    let given = |count| RateLimit::new(Rate::per_second(count)).burst(1);
    let (tokens, slow, fast) = (tokens(), given(1), given(100));
    let [first, second, _third] = [(); 3].map(|()| tokens.reserve(&slow, at(0), FOREVER).unwrap());
    first.settle();
    drop(second);
    assert_eq!(tokens.look(&fast, at(0)), Err(ms(30)));
    assert_eq!(tokens.admit(&fast, at(995)), Ok(()));
    assert_eq!(tokens.admit(&fast, at(1_000)), Err(ms(5)));
}

#[test]
fn r71_who_can_wait_gets_the_next_token_and_knows_when() {
    let (tokens, limit) = (tokens(), limit(2));
    let starts: Vec<_> = (0..5).map(|_| tokens.reserve(&limit, at(0), ms(30)).unwrap()).collect();
    assert_eq!(starts.iter().map(|start| start.at).collect::<Vec<_>>(), [0, 0, 10, 20, 30].map(at));
    assert_eq!(tokens.reserve(&limit, at(0), ms(30)).err(), Some(ms(40)));
    assert_eq!(tokens.reserve(&limit, at(0), ms(40)).map(|start| start.at), Ok(at(40)));
}

#[test]
fn r71_nobody_passes_those_who_wait() {
    let (tokens, limit) = (tokens(), limit(1));
    let waiting: Vec<_> = (0..3).map(|_| tokens.reserve(&limit, at(0), FOREVER).unwrap()).collect();
    assert_eq!(tokens.admit(&limit, at(10)), Err(ms(20)));
    assert_eq!(tokens.look(&limit, at(19)), Err(ms(11)));
    waiting.into_iter().for_each(Reservation::settle);
    assert_eq!(tokens.admit(&limit, at(30)), Ok(()));
}

#[test]
fn r80_dropped_reservations_leave_no_trace_in_whatever_order() {
    for burst in 1..4 {
        let orders = [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [2, 0, 1, 5, 3, 4], [3, 5, 0, 4, 2, 1]];
        for order in orders {
            let (tokens, limit) = (tokens(), limit(burst));
            let mut reservations: Vec<_> = (0..6).map(|_| tokens.reserve(&limit, at(0), FOREVER).ok()).collect();
            for dropped in order {
                reservations[dropped] = None;
            }
            assert_eq!(drain(&tokens, &limit, at(3)), burst, "dropped in the order {order:?}");
            assert_eq!(tokens.admit(&limit, at(3)), Err(ms(10)));
        }
    }
}

#[test]
fn r80_a_reservation_that_was_used_gives_nothing_back() {
    let (tokens, limit) = (tokens(), limit(1));
    tokens.reserve(&limit, at(0), FOREVER).unwrap().settle();
    assert_eq!(tokens.admit(&limit, at(5)), Err(ms(5)));
}

#[test]
fn r80_a_place_in_the_middle_of_the_line_goes_to_the_next_comer() {
    let (tokens, limit) = (tokens(), limit(1));
    let mut line: Vec<_> = (0..5).map(|_| tokens.reserve(&limit, at(0), FOREVER).unwrap()).collect();
    drop(line.remove(3));
    drop(line.remove(1));
    let start = |now| {
        tokens.reserve(&limit, at(now), FOREVER).map(|start| {
            let at = start.at;
            start.settle();
            at
        })
    };
    assert_eq!(start(1), Ok(at(10)));
    assert_eq!(start(1), Ok(at(30)));
    assert_eq!(start(1), Ok(at(50)));
    drop(line);
}

#[test]
fn r80_a_token_given_back_can_be_used_until_it_is_due_and_no_longer() {
    let (tokens, limit) = (tokens(), limit(1));
    let mut line: Vec<_> = (0..3).map(|_| tokens.reserve(&limit, at(0), FOREVER).unwrap()).collect();
    drop(line.remove(1));
    assert_eq!(tokens.look(&limit, at(10)), Ok(()));
    // Any later, it would come too close to the one at 20.
    let late = at(10) + Duration::from_nanos(1);
    assert_eq!(tokens.admit(&limit, late), Err(at(30).since(late)));
}

#[test]
fn r80_a_token_that_is_overdue_is_not_missed_once_the_later_ones_come_back() {
    let (tokens, limit) = (tokens(), limit(1));
    let [first, second, third] = [(); 3].map(|()| tokens.reserve(&limit, at(0), FOREVER).unwrap());
    first.settle();
    drop(second);
    assert_eq!(tokens.admit(&limit, at(12)), Err(ms(18)));
    drop(third);
    assert_eq!(tokens.admit(&limit, at(12)), Ok(()));
}

#[test]
fn r83_threads_get_every_token_once() {
    const ROUNDS: u64 = if cfg!(miri) { 3 } else { 200 };
    let (tokens, limit) = (tokens(), limit(100));
    let admitted = AtomicU32::new(0);
    let work = |number: u64| {
        for round in 0..ROUNDS {
            // A second fills the bucket; each thread goes its own way through the round.
            for call in 0..100 {
                let now = at(1_000 * round + (call * number) % 7);
                let got = match call % 3 {
                    0 => tokens.admit(&limit, now).is_ok(),
                    1 => tokens.reserve(&limit, now, ms(0)).map(Reservation::settle).is_ok(),
                    _ => {
                        drop(tokens.reserve(&limit, now, ms(20)));
                        false
                    }
                };
                admitted.fetch_add(u32::from(got), Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| (0..4).for_each(|number| drop(scope.spawn(move || work(number)))));
    let most = 100 + (ROUNDS - 1) * 100;
    let admitted = u64::from(admitted.into_inner());
    assert!(admitted <= most, "{admitted} of {most}");
    // Whatever was given back at the end can be had again, and no more than that.
    let left = u64::from(drain(&tokens, &limit, at(1_000 * (ROUNDS - 1) + 6)));
    assert!(admitted + left <= most, "{admitted} and {left} of {most}");
}

#[test]
fn r83_threads_at_one_moment_take_the_burst_and_not_one_more() {
    let (tokens, limit) = (tokens(), limit(1_000));
    let admitted = AtomicU32::new(0);
    let work = || {
        for _ in 0..1_000 {
            admitted.fetch_add(u32::from(tokens.admit(&limit, at(0)).is_ok()), Ordering::Relaxed);
        }
    };
    thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(work))));
    assert_eq!(admitted.into_inner(), 1_000);
}

fn rates() -> impl Strategy<Value = Rate> {
    prop_oneof![
        (1..2_000_u32).prop_map(Rate::per_second),
        (1..5_000_u32).prop_map(Rate::per_minute),
        (1..100_000_u32).prop_map(Rate::per_hour),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The same algorithm, written by others.
    #[test]
    fn r71_admits_what_governor_admits(
        rate in rates(),
        burst in prop_oneof![1..4_u32, 1..200_u32],
        // Steps in quarters of the interval and a few nanoseconds, so that much happens just at its multiples.
        course in prop::collection::vec((0..10_u64, 0..3_u64, any::<bool>(), 1..6), 1..150),
    ) {
        let limit = RateLimit::new(rate).burst(burst);
        let interval = Duration::from_nanos(rate.interval());
        let quota = Quota::with_period(interval).unwrap().allow_burst(NonZeroU32::new(burst).unwrap());
        let clock = FakeRelativeClock::default();
        let oracle = RateLimiter::direct_with_clock(quota, clock.clone());
        let (tokens, mut now) = (tokens(), START);
        for (quarters, nanos, reserve, times) in course {
            let step = Duration::from_nanos(rate.interval() * quarters / 4 + nanos);
            clock.advance(step);
            now = now + step;
            for _ in 0..times {
                let expected = oracle.check().map_err(|not_until| not_until.wait_time_from(clock.now()));
                if reserve {
                    let reserved = tokens.reserve(&limit, now, Duration::ZERO);
                    prop_assert_eq!(reserved.as_ref().map(|it| it.at).map_err(|&wait| wait), expected.map(|()| now));
                    reserved.into_iter().for_each(Reservation::settle);
                } else {
                    prop_assert_eq!(tokens.look(&limit, now), expected);
                    prop_assert_eq!(tokens.admit(&limit, now), expected);
                }
            }
        }
    }

    /// However reservations come and go: no stretch of time holds more starts than the limit allows, nobody waits
    /// longer than if nothing were ever given back, and when nothing was used the bucket is full.
    #[test]
    fn r80_no_course_of_reservations_exceeds_the_limit(
        burst in 1..5_u32,
        course in prop::collection::vec((0..25_u64, 0..4_u8, any::<prop::sample::Index>()), 1..80),
        uses in any::<bool>(),
    ) {
        let limit = RateLimit::new(Rate::per_second(100_000_000)).burst(burst);
        let interval = limit.rate.interval();
        let (tokens, hoard) = (tokens(), self::tokens());
        let (mut now, mut open, mut starts) = (START, Vec::<Reservation>::new(), Vec::new());
        for (step, act, index) in course {
            now = now + Duration::from_nanos(step);
            match act {
                0 | 1 => {
                    let reservation = tokens.reserve(&limit, now, FOREVER).unwrap();
                    let hoarded = hoard.reserve(&limit, now, FOREVER).unwrap();
                    prop_assert!(now <= reservation.at && reservation.at <= hoarded.at);
                    hoarded.settle();
                    open.push(reservation);
                }
                2 if !open.is_empty() => drop(open.swap_remove(index.index(open.len()))),
                3 if uses && !open.is_empty() => {
                    let used = open.swap_remove(index.index(open.len()));
                    starts.push(used.at.0);
                    used.settle();
                }
                _ => {}
            }
            let mut all: Vec<_> = open.iter().map(|open| open.at.0).chain(starts.iter().copied()).collect();
            all.sort_unstable();
            for (first, &from) in all.iter().enumerate() {
                for (beyond, &to) in (1..).zip(all.iter().skip(first + burst as usize)) {
                    prop_assert!(to - from >= beyond * interval, "{all:?}");
                }
            }
        }
        drop(open);
        if starts.is_empty() {
            prop_assert_eq!(drain(&tokens, &limit, now), burst);
        }
    }
    /// However the rate changes meanwhile: what is taken at one rate, until it changes again, is within that rate.
    #[test]
    fn r71_no_change_of_rate_lets_more_start_than_either_allows(
        burst in 1..4_u32,
        // Slow enough for a line to form.
        course in prop::collection::vec((0..6_u64, 0..9_u8, any::<prop::sample::Index>()), 20..120),
    ) {
        let rates = [100_000_000, 400_000_000, 50_000_000].map(|rate| RateLimit::new(Rate::per_second(rate)).burst(burst));
        let (tokens, mut limit) = (tokens(), rates[0]);
        let (mut now, mut open, mut taken) = (START, Vec::<(bool, Reservation)>::new(), Vec::new());
        for (step, act, index) in course {
            now = now + Duration::from_nanos(step);
            match act {
                0..4 => {
                    let reservation = tokens.reserve(&limit, now, FOREVER).unwrap();
                    taken.push(reservation.at.0);
                    open.push((true, reservation));
                }
                4..8 if !open.is_empty() => {
                    let (counted, dropped) = open.swap_remove(index.index(open.len()));
                    if counted {
                        taken.remove(taken.iter().position(|&at| at == dropped.at.0).unwrap());
                    }
                }
                8 => {
                    limit = rates[index.index(3)];
                    // The pace changes at the next look.
                    let _ = tokens.look(&limit, now);
                    taken.clear();
                    for (counted, _) in &mut open {
                        *counted = false;
                    }
                }
                _ => {}
            }
            taken.sort_unstable();
            for (first, &from) in taken.iter().enumerate() {
                for (beyond, &to) in (1..).zip(taken.iter().skip(first + burst as usize)) {
                    prop_assert!(to - from >= beyond * limit.rate.interval(), "{taken:?}");
                }
            }
        }
    }
}
