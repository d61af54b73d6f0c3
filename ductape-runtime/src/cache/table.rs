use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;

use smallvec::SmallVec;

use super::flight::{Flight, Role};
use super::store::{Kept, Landed};
use crate::moment::Moment;

/// What a store locks. It compares no keys: those of one hash are told apart by their address, by whoever has asked `Eq`.
pub(super) struct Table<K, T, E> {
    slots: HashMap<u64, Bucket<K, T, E>>,
    /// The values that are kept, oldest first: all live equally long, so these are of no use first.
    order: BTreeMap<u64, (u64, Arc<K>)>,
    /// Where the search for a value to give up goes on.
    hand: u64,
    next: u64,
}

type Bucket<K, T, E> = SmallVec<[Slot<K, T, E>; 1]>;
/// The keys of a hash, with what is kept of them.
pub(super) type Candidates<K, T> = SmallVec<[(Arc<K>, Option<Kept<T>>); 1]>;

/// A key of which there is a value, or somebody who is fetching one.
pub(super) struct Slot<K, T, E> {
    key: Arc<K>,
    kept: Option<(u64, Kept<T>)>,
    /// Asked for since the hand came by.
    used: bool,
    flight: Option<Arc<Flight<Landed<T, E>>>>,
}

/// How many values in use are spared before one of them has to go.
const SPARED: u32 = 64;
/// How many values that are of no use any more go for each that comes, so that they do not stay until it is full.
const CLEARED: u32 = 2;

impl<K, T, E> Table<K, T, E> {
    pub(super) fn new() -> Self {
        Self { slots: HashMap::new(), order: BTreeMap::new(), hand: 0, next: 0 }
    }

    pub(super) fn candidates(&mut self, hash: u64) -> Candidates<K, T> {
        let slots = self.slots.get_mut(&hash).into_iter().flatten();
        let used = slots.map(|slot| {
            slot.used = true;
            (Arc::clone(&slot.key), slot.kept.as_ref().map(|(_, kept)| kept.clone()))
        });
        used.collect()
    }

    /// Whether a hash has the very keys that it had.
    pub(super) fn is_as_seen(&self, hash: u64, seen: &Candidates<K, T>) -> bool {
        let slots = self.slots.get(&hash).map(SmallVec::as_slice).unwrap_or_default();
        slots.len() == seen.len() && slots.iter().zip(seen).all(|(slot, (key, _))| Arc::ptr_eq(&slot.key, key))
    }

    /// What is kept of the key.
    pub(super) fn kept(&self, hash: u64, key: &Arc<K>) -> Option<Kept<T>> {
        let slot = self.slots.get(&hash)?.iter().find(|slot| Arc::ptr_eq(&slot.key, key))?;
        slot.kept.as_ref().map(|(_, kept)| kept.clone())
    }

    /// The flight for the key: the one under way, or a new one.
    pub(super) fn board(&mut self, hash: u64, key: &Arc<K>) -> (Arc<Flight<Landed<T, E>>>, Role) {
        let bucket = self.slots.entry(hash).or_default();
        let found = bucket.iter().position(|slot| Arc::ptr_eq(&slot.key, key));
        let at = found.unwrap_or_else(|| {
            bucket.push(Slot { key: Arc::clone(key), kept: None, used: false, flight: None });
            bucket.len() - 1
        });
        if let Some(flight) = &bucket[at].flight {
            return (Arc::clone(flight), flight.board());
        }
        let flight = Arc::new(Flight::new());
        bucket[at].flight = Some(Arc::clone(&flight));
        (flight, Role::Leads)
    }

    /// The flight for the key is over.
    pub(super) fn ground(&mut self, hash: u64, key: &Arc<K>) -> Option<Slot<K, T, E>> {
        let bucket = self.slots.get_mut(&hash)?;
        let at = bucket.iter().position(|slot| Arc::ptr_eq(&slot.key, key))?;
        bucket[at].flight = None;
        bucket[at].kept.is_none().then(|| self.remove(hash, at)).flatten()
    }

    /// Keeps a value, of which there are at most `capacity`. Answers with what has to go for it.
    pub(super) fn keep(
        &mut self,
        hash: u64,
        key: &Arc<K>,
        kept: Kept<T>,
        (capacity, lifetime): (u32, Duration),
    ) -> Vec<Slot<K, T, E>> {
        let now = kept.since();
        let mut gone = Vec::new();
        gone.extend(self.serial(hash, key).and_then(|serial| self.forget(serial)));
        for _ in 0..CLEARED {
            gone.extend(self.oldest_if_dead(now, lifetime).and_then(|serial| self.forget(serial)));
        }
        while self.order.len() >= capacity.max(1) as usize {
            gone.extend(self.least_used().and_then(|serial| self.forget(serial)));
        }
        let serial = self.next;
        self.next += 1;
        let bucket = self.slots.entry(hash).or_default();
        match bucket.iter_mut().find(|slot| Arc::ptr_eq(&slot.key, key)) {
            Some(slot) => (slot.kept, slot.used) = (Some((serial, kept)), false),
            None => bucket.push(Slot { key: Arc::clone(key), kept: Some((serial, kept)), used: false, flight: None }),
        }
        self.order.insert(serial, (hash, Arc::clone(key)));
        gone
    }

    fn serial(&self, hash: u64, key: &Arc<K>) -> Option<u64> {
        let slot = self.slots.get(&hash)?.iter().find(|slot| Arc::ptr_eq(&slot.key, key))?;
        slot.kept.as_ref().map(|(serial, _)| *serial)
    }

    fn oldest_if_dead(&self, now: Moment, lifetime: Duration) -> Option<u64> {
        let (serial, (hash, key)) = self.order.first_key_value()?;
        let kept = self.kept(*hash, key)?;
        (!kept.is_younger(lifetime, now)).then_some(*serial)
    }

    /// The next in order that nobody has asked for since the hand came by: this is SIEVE, by Zhang and others, NSDI 2024.
    fn least_used(&mut self) -> Option<u64> {
        for _ in 0..SPARED {
            let serial = self.at_hand()?;
            self.hand = serial + 1;
            let (hash, key) = &self.order[&serial];
            let slot = self.slots.get_mut(hash)?.iter_mut().find(|slot| Arc::ptr_eq(&slot.key, key))?;
            if !std::mem::take(&mut slot.used) {
                return Some(serial);
            }
        }
        self.at_hand()
    }

    fn at_hand(&self) -> Option<u64> {
        let from_hand = self.order.range((Bound::Included(self.hand), Bound::Unbounded)).next();
        from_hand.or_else(|| self.order.first_key_value()).map(|(serial, _)| *serial)
    }

    /// Gives up a value; whoever is fetching a new one goes on.
    fn forget(&mut self, serial: u64) -> Option<Slot<K, T, E>> {
        let (hash, key) = self.order.remove(&serial)?;
        let bucket = self.slots.get_mut(&hash)?;
        let at = bucket.iter().position(|slot| Arc::ptr_eq(&slot.key, &key))?;
        if bucket[at].flight.is_none() {
            return self.remove(hash, at);
        }
        let kept = bucket[at].kept.take();
        Some(Slot { key, kept, used: false, flight: None })
    }

    fn remove(&mut self, hash: u64, at: usize) -> Option<Slot<K, T, E>> {
        let bucket = self.slots.get_mut(&hash)?;
        let slot = bucket.swap_remove(at);
        if bucket.is_empty() {
            self.slots.remove(&hash);
        }
        Some(slot)
    }

    /// How many values are kept, and how many keys are known.
    #[cfg(test)]
    pub(super) fn len(&self) -> (usize, usize) {
        (self.order.len(), self.slots.values().map(SmallVec::len).sum())
    }
}
