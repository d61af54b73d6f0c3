//! What threads can do to the tokens, in every order; see `crate::sync` for how to run it.

use std::sync::Arc;
use std::time::Duration;

use loom::thread;

use super::{Rate, RateLimit, Tokens};
use crate::moment::Moment;

const NOW: Moment = Moment(1 << 62);
const LIMIT: RateLimit = RateLimit::new(Rate::per_second(100)).burst(2);
const INTERVAL: Duration = Duration::from_millis(10);

#[test]
fn r71_of_three_who_come_at_once_the_burst_is_admitted() {
    loom::model(|| {
        let tokens = Arc::new(Tokens::new());
        let comers = [(); 2].map(|()| {
            let tokens = Arc::clone(&tokens);
            thread::spawn(move || tokens.admit(&LIMIT, NOW).is_ok())
        });
        let mine = tokens.admit(&LIMIT, NOW).is_ok();
        let admitted = comers.into_iter().map(|comer| comer.join().unwrap()).chain([mine]).filter(|&got| got).count();
        assert_eq!(admitted, 2);
        assert_eq!(tokens.look(&LIMIT, NOW), Err(INTERVAL));
    });
}

#[test]
fn r80_reservations_that_come_and_go_share_no_token_and_leave_none_behind() {
    loom::model(|| {
        let tokens = Arc::new(Tokens::new());
        let limit = LIMIT.burst(1);
        let [first, second] = [(); 2].map(|()| tokens.reserve(&limit, NOW, INTERVAL).unwrap());
        let comer = Arc::clone(&tokens);
        let gone = thread::spawn(move || drop(first));
        let third = thread::spawn(move || comer.reserve(&limit, NOW, INTERVAL * 3).unwrap());
        let fourth = tokens.reserve(&limit, NOW, INTERVAL * 3).unwrap();
        gone.join().unwrap();
        let third = third.join().unwrap();
        let mut starts = [second.at, third.at, fourth.at];
        starts.sort_unstable();
        assert!(starts.windows(2).all(|pair| pair[1].since(pair[0]) >= INTERVAL));
        let others = [second, third].map(|reservation| thread::spawn(move || drop(reservation)));
        drop(fourth);
        for other in others {
            other.join().unwrap();
        }
        assert_eq!(tokens.admit(&limit, NOW), Ok(()));
        assert_eq!(tokens.admit(&limit, NOW), Err(INTERVAL));
    });
}

#[test]
fn r71_a_rate_that_changes_meanwhile_hands_out_no_token_twice() {
    loom::model(|| {
        let tokens = Arc::new(Tokens::new());
        let fast = RateLimit::new(Rate::per_second(1_000)).burst(2);
        let comers = [LIMIT, fast].map(|limit| {
            let tokens = Arc::clone(&tokens);
            thread::spawn(move || tokens.admit(&limit, NOW).is_ok())
        });
        let mine = tokens.admit(&LIMIT, NOW).is_ok();
        let admitted = comers.into_iter().map(|comer| comer.join().unwrap()).chain([mine]).filter(|&got| got).count();
        assert_eq!(admitted, 2);
    });
}
