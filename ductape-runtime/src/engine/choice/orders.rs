use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;

use rand::SeedableRng;
use rand::rngs::SmallRng;

use super::order::smooth;
use super::{Set, by_weight, key_hash};
use crate::sync::{AtomicU64, Ordering};

/// The orders of one quota: each admitted set has its own, and its own place in it (R41).
///
/// One place for all sets would starve providers: with two sets that take turns, each would only ever see every
/// other slot.
///
/// Orders are made when they are first needed and stay. They hang in a binary tree of cells that are written once, so
/// finding one takes no lock; who comes while an order is being made waits for it, instead of making it again.
#[derive(Debug)]
pub(crate) struct Orders {
    weights: Box<[u32]>,
    /// Those whose weight is above 0.
    weighted: Set,
    seed: u64,
    root: Link,
    /// The bytes that the orders take.
    size: AtomicUsize,
    /// How many picks were drawn for want of room.
    drawn: AtomicU64,
}

/// The order of one set. Below a node at depth d hang sets that agree with it about the first d providers.
#[derive(Debug)]
struct Node {
    set: Set,
    slots: Box<[u8]>,
    place: AtomicU64,
    /// Sets without, and with, the provider whose index is the node's depth.
    next: [Link; 2],
}

type Link = OnceLock<Box<Node>>;

/// There can be as many sets as there are subsets of the providers, so memory needs a bound. It holds some
/// 100 000 orders of 100 slots, or five of the longest.
const MOST_BYTES: usize = 16 << 20;

impl Orders {
    /// `weights` are by provider index; 0 is never picked.
    pub(crate) fn new(weights: &[u32], seed: u64) -> Self {
        Self {
            weights: weights.into(),
            weighted: (0..).zip(weights).filter(|&(_, &weight)| weight > 0).map(|(index, _)| index).collect(),
            seed,
            root: Link::new(),
            size: AtomicUsize::new(0),
            drawn: AtomicU64::new(0),
        }
    }

    /// The next provider in the order of `set`; none when no weight in it is above 0.
    ///
    /// Once there is no room for more orders, sets that come up for the first time are served by draws.
    pub(crate) fn pick(&self, set: Set) -> Option<usize> {
        let set = set.and(self.weighted);
        if set.len() <= 1 {
            return set.iter().next();
        }
        self.find(set).map(Node::take).or_else(|| self.draw(set))
    }

    fn find(&self, set: Set) -> Option<&Node> {
        let mut link = &self.root;
        let mut depth = 0;
        loop {
            let node = match link.get() {
                Some(node) => node,
                None if self.size.load(Ordering::Relaxed) >= MOST_BYTES => return None,
                None => link.get_or_init(|| Box::new(self.make(set))),
            };
            if node.set == set {
                return Some(node);
            }
            link = &node.next[usize::from(set.contains(depth))];
            depth += 1;
        }
    }

    fn make(&self, set: Set) -> Node {
        #[expect(clippy::cast_possible_truncation, reason = "indexes are below 64")]
        let slots = smooth(set.iter().map(|index| (index as u8, self.weights[index])));
        self.size.fetch_add(size_of::<Node>() + slots.len(), Ordering::Relaxed);
        // It depends on nothing but the set, so that it does not matter in which order sets come up.
        let start = key_hash(&(self.seed, set)) % slots.len() as u64;
        Node { set, slots, place: AtomicU64::new(start), next: [Link::new(), Link::new()] }
    }

    fn draw(&self, set: Set) -> Option<usize> {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed);
        by_weight(set, |index| self.weights[index], &mut SmallRng::seed_from_u64(self.seed.wrapping_add(number)))
    }
}

impl Node {
    /// The place moves on by one for each pick, whoever makes it: that is all the exactness takes.
    fn take(&self) -> usize {
        let place = self.place.fetch_add(1, Ordering::Relaxed) % self.slots.len() as u64;
        #[expect(clippy::cast_possible_truncation, reason = "less than the length of a slice")]
        let place = place as usize;
        self.slots[place].into()
    }
}

#[cfg(all(test, not(loom_models)))]
mod tests {
    use std::collections::HashSet;
    use std::{hint, thread};

    use super::*;

    fn set<const N: usize>(indexes: [usize; N]) -> Set {
        indexes.into_iter().collect()
    }

    /// How many of so many picks go to each provider.
    fn counts(orders: &Orders, set: Set, picks: u32) -> Vec<u32> {
        let mut counts = vec![0; orders.weights.len()];
        for _ in 0..picks {
            counts[orders.pick(set).expect("somebody is there")] += 1;
        }
        counts
    }

    fn plus(some: &[u32], others: &[u32]) -> Vec<u32> {
        some.iter().zip(others).map(|(some, others)| some + others).collect()
    }

    fn height(link: &Link) -> u32 {
        link.get().map_or(0, |node| 1 + node.next.iter().map(height).max().unwrap_or(0))
    }

    #[test]
    fn r41_any_s_in_a_row_give_each_exactly_its_weight() {
        for weights in super::super::order::tests::weight_sets() {
            let sum: u32 = weights.iter().sum();
            let orders = Orders::new(&weights, 41);
            let all = (0..weights.len()).collect();
            assert_eq!(counts(&orders, all, sum), weights);
            // Each pick is the one of S picks ago: so it does not matter where S in a row begin.
            let round = || (0..sum).map(|_| orders.pick(all)).collect::<Vec<_>>();
            assert_eq!(round(), round());
        }
    }

    #[test]
    fn r41_sets_do_not_disturb_each_other() {
        let weights = [50, 30, 20, 7];
        let sets = [set([0, 1, 2, 3]), set([0, 1]), set([1, 2, 3]), set([0, 3]), set([0, 1, 3]), set([2, 3])];
        let alone = |set| {
            let orders = Orders::new(&weights, 41);
            (0..500).map(|_| orders.pick(set)).collect::<Vec<_>>()
        };
        let together = Orders::new(&weights, 41);
        let mut picks = [const { Vec::new() }; 6];
        for _ in 0..500 {
            for (set, picks) in sets.iter().zip(&mut picks) {
                picks.push(together.pick(*set));
            }
        }
        for (set, picks) in sets.into_iter().zip(picks) {
            assert_eq!(picks, alone(set));
            assert!(picks.into_iter().all(|pick| set.contains(pick.expect("somebody is there"))));
        }
    }

    #[test]
    fn r41_every_set_of_a_large_quota_has_its_own_exact_order() {
        let members = if cfg!(miri) { 5 } else { 12 };
        let weights: Vec<u32> = (1..=members).collect();
        let orders = Orders::new(&weights, 41);
        // An odd multiplier: every subset once, in no obvious order.
        for number in 0..1_usize << members {
            let bits = number * 2_731 % (1 << members);
            let set: Set = (0..weights.len()).filter(|index| bits >> index & 1 == 1).collect();
            let expected: Vec<u32> =
                (0..).zip(&weights).map(|(at, weight)| weight * u32::from(set.contains(at))).collect();
            if !set.is_empty() {
                assert_eq!(counts(&orders, set, expected.iter().sum()), expected);
            }
        }
        // Each step down tells sets apart by one provider more.
        assert!(height(&orders.root) <= members + 1);
    }

    #[test]
    fn r41_threads_hand_out_every_place_once() {
        const ROUNDS: u32 = if cfg!(miri) { 5 } else { 200 };
        const PICKS: u32 = if cfg!(miri) { 20 } else { 5_000 };
        let orders = Orders::new(&[50, 30, 20, 1], 41);
        let sets = [set([0, 1, 2, 3]), set([0, 1, 3])];
        let arrived = AtomicUsize::new(0);
        let hand_out = || {
            let mut handed_out = sets.map(|_| vec![0; 4]);
            for round in 1..=ROUNDS {
                // Threads that sleep, or are not running yet, would not get in each other's way.
                arrived.fetch_add(1, Ordering::Relaxed);
                while arrived.load(Ordering::Relaxed) < 2 * round as usize {
                    hint::spin_loop();
                }
                for (set, sum) in sets.into_iter().zip(&mut handed_out) {
                    *sum = plus(sum, &counts(&orders, set, PICKS));
                }
            }
            handed_out
        };
        let (ours, theirs) = thread::scope(|scope| {
            let other = scope.spawn(hand_out);
            (hand_out(), other.join().unwrap())
        });
        let one_by_one = Orders::new(&orders.weights, 41);
        for (at, set) in sets.into_iter().enumerate() {
            assert_eq!(plus(&ours[at], &theirs[at]), counts(&one_by_one, set, 2 * ROUNDS * PICKS));
        }
    }

    #[test]
    fn r41_an_order_starts_at_a_seeded_place() {
        let weights = [60, 25, 10, 5];
        let all = set([0, 1, 2, 3]);
        let first = |seed| {
            let orders = Orders::new(&weights, seed);
            (0..20).map(|_| orders.pick(all)).collect::<Vec<_>>()
        };
        assert_eq!(first(7), first(7));
        // 20 slots: a fleet of 64 begins at nearly all of them.
        assert!((0..64).map(first).collect::<HashSet<_>>().len() >= 15);
    }

    #[test]
    fn r40_sets_beyond_the_memory_are_drawn_by_weight() {
        let orders = Orders::new(&[70, 30, 100], 40);
        let kept = counts(&orders, set([0, 1, 2]), 200);
        orders.size.store(MOST_BYTES, Ordering::Relaxed);
        assert_eq!(counts(&orders, set([0, 1, 2]), 200), kept);
        let drawn = counts(&orders, set([0, 1]), 10_000);
        assert!(drawn[0].abs_diff(7_000) < 250 && drawn[0] + drawn[1] == 10_000, "{drawn:?}");
        assert!(orders.root.get().unwrap().next.iter().all(|link| link.get().is_none()));
    }

    #[test]
    fn r45_weight_zero_is_never_picked() {
        let orders = Orders::new(&[0, 3, 0, 1], 45);
        assert_eq!(counts(&orders, set([0, 1, 2, 3]), 40), [0, 30, 0, 10]);
        assert_eq!(orders.pick(set([0, 1])), Some(1));
        assert_eq!(orders.pick(set([0, 2])), None);
        assert_eq!(orders.pick(Set::EMPTY), None);
    }
}
