use std::any::TypeId;
use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::Duration;

use super::{Cache, Kept, Look, Seat, Store, Stores};
use crate::moment::Moment;
use crate::{Name, Outcome, Source};

const SECOND: u64 = 1_000_000_000;

fn at(seconds: u64) -> Moment {
    Moment(seconds * SECOND)
}

fn cache(ttl: u64, stale: u64, capacity: u32) -> Cache {
    Cache::new(Duration::from_secs(ttl)).stale(Duration::from_secs(stale)).capacity(capacity)
}

fn seat<K: Hash + Eq + Clone>(store: &Arc<Store<K, u32, String>>, key: &K, now: Moment) -> Seat<K, u32, String> {
    match store.look(key, Duration::from_secs(60), now) {
        Look::Seat(seat, _) => seat,
        Look::Fresh(_) => panic!("there is a fresh value"),
    }
}

/// The value kept for the key, fresh or not. Its seat is left.
fn kept<K: Hash + Eq + Clone>(store: &Arc<Store<K, u32, String>>, key: &K, now: Moment) -> Option<u32> {
    match store.look(key, Duration::from_secs(60), now) {
        Look::Fresh(kept) | Look::Seat(_, Some(kept)) => Some(kept.outcome.value),
        Look::Seat(_, None) => None,
    }
}

fn outcome(value: u32) -> Arc<Outcome<u32>> {
    let (provider, elapsed) = (Name::from_static("a"), Duration::ZERO);
    Arc::new(Outcome { value, provider, attempts: 1, elapsed, source: Source::Provider })
}

fn keep<K: Hash + Eq + Clone>(store: &Arc<Store<K, u32, String>>, key: &K, value: u32, cache: &Cache, now: Moment) {
    let seat = seat(store, key, now);
    assert!(seat.leads());
    seat.land(Ok(outcome(value)), Some(Kept::new(outcome(value), now)), cache);
}

fn numbers() -> Arc<Store<u32, u32, String>> {
    Arc::new(Store::new())
}

#[test]
fn r33_capacity_is_a_hard_bound() {
    let (store, cache) = (numbers(), cache(60, 0, 3));
    for key in 0..100 {
        keep(&store, &key, key, &cache, at(1));
        assert_eq!(store.len().0, (key as usize + 1).min(3));
    }
    assert_eq!(store.len(), (3, 3), "nothing is left of the keys that had to go");
}

#[test]
fn r33_a_value_that_is_asked_for_outlives_one_that_is_not() {
    let (store, cache) = (numbers(), cache(60, 0, 3));
    for key in 0..3 {
        keep(&store, &key, key, &cache, at(1));
    }
    for key in [0, 2] {
        assert_eq!(kept(&store, &key, at(1)), Some(key));
    }
    keep(&store, &3, 3, &cache, at(1));
    let there: Vec<_> = (0..4).filter(|key| kept(&store, key, at(1)).is_some()).collect();
    assert_eq!(there, [0, 2, 3]);
}

#[test]
fn r33_a_value_of_no_use_goes_before_one_in_use() {
    let (store, cache) = (numbers(), cache(60, 60, 2));
    keep(&store, &0, 0, &cache, at(0));
    keep(&store, &1, 1, &cache, at(100));
    // Asked for a moment ago, and dead all the same.
    assert_eq!(kept(&store, &0, at(119)), Some(0));
    keep(&store, &2, 2, &cache, at(120));
    let there: Vec<_> = (0..3).filter(|key| kept(&store, key, at(120)).is_some()).collect();
    assert_eq!(there, [1, 2]);
}

#[test]
fn r33_values_of_no_use_go_before_it_is_full() {
    let (store, cache) = (numbers(), cache(60, 60, 100));
    for key in 0..10 {
        keep(&store, &key, key, &cache, at(0));
    }
    for key in 10..15 {
        keep(&store, &key, key, &cache, at(120));
    }
    assert_eq!(store.len(), (5, 5));
}

#[test]
fn r33_a_key_whose_value_has_to_go_is_still_fetched_once() {
    let (store, cache) = (numbers(), cache(1, 60, 1));
    keep(&store, &0, 0, &cache, at(1));
    let leader = match store.look(&0, Duration::from_secs(1), at(3)) {
        Look::Seat(seat, Some(_)) if seat.leads() => seat,
        _ => panic!("an old value, and nobody who fetches a new one"),
    };
    keep(&store, &1, 1, &cache, at(3));
    assert_eq!(store.len(), (1, 2));
    assert!(!seat(&store, &0, at(3)).leads(), "somebody is fetching it");
    leader.land(Ok(outcome(9)), Some(Kept::new(outcome(9), at(3))), &cache);
    assert_eq!(kept(&store, &0, at(3)), Some(9));
    assert_eq!(store.len(), (1, 1));
}

#[test]
fn r33_keys_that_are_fetched_in_vain_leave_nothing() {
    let store = numbers();
    for key in 0..10 {
        let leader = seat(&store, &key, at(1));
        let follower = seat(&store, &key, at(1));
        assert!(leader.leads() && !follower.leads());
        if key % 2 == 0 {
            drop((leader, follower));
        } else {
            drop((follower, leader));
        }
    }
    for key in 0..10 {
        let error = crate::Error::from(String::from("no"));
        seat(&store, &key, at(1)).land(Err(error), None, &cache(60, 0, 10));
    }
    assert_eq!(store.len(), (0, 0));
}

#[test]
fn r33_a_follower_that_is_woken_and_dropped_hands_on() {
    let store = numbers();
    let leader = seat(&store, &0, at(1));
    let (mut first, mut second) = (seat(&store, &0, at(1)), seat(&store, &0, at(1)));
    assert!(first.poll(Waker::noop()).is_pending() && second.poll(Waker::noop()).is_pending());
    drop(leader);
    assert!(matches!(first.poll(Waker::noop()), Poll::Ready(None)));
    assert!(second.poll(Waker::noop()).is_pending(), "one of them leads");
    drop(first);
    assert!(matches!(second.poll(Waker::noop()), Poll::Ready(None)) && second.leads());
}

/// Of whose hashes all are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Clumsy(u32);

impl Hash for Clumsy {
    fn hash<H: Hasher>(&self, state: &mut H) {
        0.hash(state);
    }
}

#[test]
fn r33_keys_of_one_hash_are_told_apart() {
    let (store, cache) = (Arc::new(Store::new()), cache(60, 0, 10));
    for key in 0..10 {
        keep(&store, &Clumsy(key), key, &cache, at(1));
    }
    for key in 0..10 {
        assert_eq!(kept(&store, &Clumsy(key), at(1)), Some(key));
    }
    keep(&store, &Clumsy(10), 10, &cache, at(1));
    assert_eq!(store.len(), (10, 10));
}

/// A key that looks into the store whenever it is compared: this ends only if nothing is locked.
#[derive(Clone)]
struct Nosy(u32, Arc<Store<u32, u32, String>>, Option<Arc<Store<Nosy, u32, String>>>);

impl Hash for Nosy {
    fn hash<H: Hasher>(&self, state: &mut H) {
        0.hash(state);
    }
}

impl PartialEq for Nosy {
    fn eq(&self, other: &Self) -> bool {
        if let Some(own) = &self.2 {
            let plain = Self(self.0, Arc::clone(&self.1), None);
            let _ = own.look(Borrow::<Self>::borrow(&plain), Duration::ZERO, at(1));
        }
        self.0 == other.0
    }
}

impl Eq for Nosy {}

#[test]
fn r33_a_key_may_look_into_its_own_store() {
    let (store, cache) = (Arc::new(Store::new()), cache(60, 0, 10));
    let key = |number, own| Nosy(number, numbers(), own);
    for number in 0..3 {
        keep(&store, &key(number, None), number, &cache, at(1));
    }
    assert_eq!(kept(&store, &key(2, Some(Arc::clone(&store))), at(1)), Some(2));
}

#[test]
fn r33_each_instance_has_a_store_of_its_own() {
    let stores = Stores::default();
    let of = |instance| -> Arc<Store<u32, u32, String>> { stores.of(instance) };
    let (one, same, other) = (of(TypeId::of::<u8>()), of(TypeId::of::<u8>()), of(TypeId::of::<u16>()));
    assert!(Arc::ptr_eq(&one, &same));
    keep(&one, &1, 1, &cache(60, 0, 3), at(1));
    assert_eq!(kept(&other, &1, at(1)), None, "a value of another instance");
}
