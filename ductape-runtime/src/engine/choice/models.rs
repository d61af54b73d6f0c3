//! Picks made at once, in every order.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Orders, Set};

fn set<const N: usize>(indexes: [usize; N]) -> Set {
    indexes.into_iter().collect()
}

/// Picks on two threads at once, after a pick from each set, and tells how often each provider was picked.
///
/// Orders are made before the threads come: that is std's, whose locks loom does not know.
fn picked(weights: [u32; 3], first: Vec<Set>, second: Vec<Set>) -> [u32; 3] {
    let orders = Arc::new(Orders::new(&weights, 7));
    let count = |orders: &Orders, sets: Vec<Set>| {
        sets.into_iter().fold([0; 3], |mut counts, set| {
            counts[orders.pick(set).expect("somebody is there")] += 1;
            counts
        })
    };
    let sets: BTreeSet<_> = first.iter().chain(&second).map(|set| set.iter().collect::<Vec<_>>()).collect();
    let before = count(&orders, sets.into_iter().map(|set| set.into_iter().collect()).collect());
    let other = Arc::clone(&orders);
    let thread = loom::thread::spawn(move || count(&other, second));
    let mut counts = count(&orders, first);
    let others = thread.join().expect("nobody panics");
    for (at, count) in counts.iter_mut().enumerate() {
        *count += before[at] + others[at];
    }
    counts
}

#[test]
fn r41_picks_made_at_once_keep_the_weights_exactly() {
    let all = set([0, 1, 2]);
    loom::model(move || assert_eq!(picked([2, 1, 1], vec![all; 2], vec![all]), [2, 1, 1]));
}

#[test]
fn r41_sets_that_come_up_at_once_do_not_disturb_each_other() {
    let (without_last, without_first) = (set([0, 1]), set([1, 2]));
    loom::model(move || {
        let counts = picked([1, 1, 1], vec![without_last], vec![without_first]);
        assert_eq!(counts, [1, 2, 1], "each of the two sets gave each of its own one turn");
    });
}
