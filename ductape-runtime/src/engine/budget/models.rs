//! What threads can do to the account, in every order; see `crate::sync` for how to run it.

use std::sync::Arc;
use std::time::Duration;

use loom::model::Builder;
use loom::thread;

use super::{Account, RetryBudget};
use crate::engine::Percent;
use crate::moment::Moment;

const NOW: Moment = Moment(1 << 62);
const WINDOW: Duration = Duration::from_secs(10);
const FLOOR: u64 = 100;

/// As many retries as calls.
const BUDGET: RetryBudget = RetryBudget::new(Percent::of(100));

fn model(check: impl Fn() + Sync + Send + 'static) {
    let mut builder = Builder::new();
    // Filling an account up to the floor takes many.
    builder.max_branches = 10_000;
    builder.check(check);
}

/// An account whose floor is used up but for so many, before any other thread is there.
fn account(left: u64) -> Arc<Account> {
    let account = Arc::new(Account::new());
    assert!((left..FLOOR).all(|_| account.withdraw(&BUDGET, NOW)));
    account
}

#[test]
fn r72_of_three_who_want_the_last_one_gets_it() {
    model(|| {
        let account = account(1);
        let others = [(); 2].map(|()| {
            let account = Arc::clone(&account);
            thread::spawn(move || account.withdraw(&BUDGET, NOW))
        });
        let mine = account.withdraw(&BUDGET, NOW);
        let granted = others.into_iter().map(|other| other.join().unwrap()).chain([mine]).filter(|&got| got).count();
        assert_eq!(granted, 1);
        assert!(!account.look(&BUDGET, NOW));
    });
}

#[test]
fn r83_calls_that_open_a_bucket_anew_are_all_counted() {
    model(|| {
        let account = account(0);
        (0..FLOOR).for_each(|_| account.deposit(NOW));
        let later = NOW + WINDOW;
        let others = [(); 2].map(|()| {
            let account = Arc::clone(&account);
            thread::spawn(move || account.deposit(later))
        });
        account.deposit(later);
        for other in others {
            other.join().unwrap();
        }
        (3..=FLOOR).for_each(|_| account.deposit(later));
        let granted = (0..FLOOR + 3).filter(|_| account.withdraw(&BUDGET, later)).count();
        assert_eq!(granted as u64, FLOOR + 1);
    });
}

#[test]
fn r83_withdrawals_beside_calls_are_never_more_than_these_allow() {
    model(|| {
        let account = account(0);
        (0..FLOOR).for_each(|_| account.deposit(NOW));
        let calling = Arc::clone(&account);
        let calls = thread::spawn(move || (0..2).for_each(|_| calling.deposit(NOW)));
        let wishing = Arc::clone(&account);
        let other = thread::spawn(move || (0..2).filter(|_| wishing.withdraw(&BUDGET, NOW)).count());
        let mine = (0..2).filter(|_| account.withdraw(&BUDGET, NOW)).count();
        calls.join().unwrap();
        let granted = other.join().unwrap() + mine;
        assert!(granted <= 2);
        let left = (granted..4).filter(|_| account.withdraw(&BUDGET, NOW)).count();
        assert_eq!(granted + left, 2);
    });
}
