use std::borrow::Borrow;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::Duration;

use super::Cache;
use super::flight::{Flight, Role, Woken};
use super::table::Table;
use crate::moment::Moment;
use crate::sync::{Mutex, lock};
use crate::{Error, Outcome};

/// The answers of one plan by their keys, and who is fetching which.
pub(crate) struct Store<K, T, E> {
    hasher: RandomState,
    table: Mutex<Table<K, T, E>>,
}

/// An answer, and since when it is there.
pub(crate) struct Kept<T> {
    pub(crate) outcome: Arc<Outcome<T>>,
    since: Moment,
}

/// What came of a run, for all who waited for it.
pub(crate) type Landed<T, E> = Result<Arc<Outcome<T>>, Error<E>>;

/// What there is for a key.
pub(crate) enum Look<K, T, E> {
    /// A fresh answer.
    Fresh(Kept<T>),
    /// A seat in the run that fetches one, and an answer that is no longer fresh.
    Seat(Seat<K, T, E>, Option<Kept<T>>),
}

/// A part in a run that several wait for. Whoever drops it leaves: if it led, another one takes over.
pub(crate) struct Seat<K, T, E> {
    store: Arc<Store<K, T, E>>,
    hash: u64,
    key: Arc<K>,
    flight: Arc<Flight<Landed<T, E>>>,
    /// `None` once there is nothing left to leave.
    role: Option<Role>,
}

impl<T> Kept<T> {
    pub(crate) fn new(outcome: Arc<Outcome<T>>, since: Moment) -> Self {
        Self { outcome, since }
    }

    pub(super) fn since(&self) -> Moment {
        self.since
    }

    pub(crate) fn is_younger(&self, age: Duration, now: Moment) -> bool {
        now.since(self.since) < age
    }
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self { outcome: Arc::clone(&self.outcome), since: self.since }
    }
}

impl<K, T, E> Store<K, T, E> {
    pub(crate) fn new() -> Self {
        Self { hasher: RandomState::new(), table: Mutex::new(Table::new()) }
    }

    /// How many values are kept, and how many keys are known.
    #[cfg(test)]
    pub(super) fn len(&self) -> (usize, usize) {
        lock(&self.table).len()
    }
}

impl<K: Eq + Hash, T, E> Store<K, T, E> {
    /// What there is for a key. The key is made one's own only where it is not known yet.
    pub(crate) fn look<Q>(self: &Arc<Self>, key: &Q, ttl: Duration, now: Moment) -> Look<K, T, E>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        let hash = self.hasher.hash_one(key);
        let mut own: Option<Arc<K>> = None;
        loop {
            let seen = lock(&self.table).candidates(hash);
            let known = seen.iter().find(|(known, _)| K::borrow(known) == key);
            if let Some((_, Some(kept))) = known
                && kept.is_younger(ttl, now)
            {
                return Look::Fresh(kept.clone());
            }
            let key = match known {
                Some((known, _)) => known,
                None => &*own.get_or_insert_with(|| Arc::new(key.to_owned())),
            };
            let mut table = lock(&self.table);
            // Somebody came in between: what was compared is no longer what there is.
            if !table.is_as_seen(hash, &seen) {
                continue;
            }
            let kept = table.kept(hash, key);
            if let Some(kept) = kept.clone().filter(|kept| kept.is_younger(ttl, now)) {
                return Look::Fresh(kept);
            }
            let (flight, role) = table.board(hash, key);
            let (store, key) = (Arc::clone(self), Arc::clone(key));
            return Look::Seat(Seat { store, hash, key, flight, role: Some(role) }, kept);
        }
    }
}

impl<K, T, E> Seat<K, T, E> {
    pub(crate) fn leads(&self) -> bool {
        self.role == Some(Role::Leads)
    }

    /// Ready with what came of the run, or with `None` once this seat leads.
    pub(crate) fn poll(&mut self, waker: &Waker) -> Poll<Option<Landed<T, E>>> {
        let Some(Role::Follows(ticket)) = self.role else { return Poll::Ready(None) };
        let answer = self.flight.poll(ticket, waker);
        match answer {
            Poll::Pending => {}
            Poll::Ready(None) => self.role = Some(Role::Leads),
            Poll::Ready(Some(_)) => self.role = None,
        }
        answer
    }

    /// The run is over: its end is for all who wait, and the value to be kept, if there is one.
    pub(crate) fn land(mut self, landed: Landed<T, E>, kept: Option<Kept<T>>, cache: &Cache) {
        self.role = None;
        let mut table = lock(&self.store.table);
        let gone = kept.map(|kept| table.keep(self.hash, &self.key, kept, (cache.capacity, cache.lifetime())));
        let grounded = table.ground(self.hash, &self.key);
        let woken = self.flight.land(landed);
        drop(table);
        woken.wake();
        drop((gone, grounded));
    }
}

impl<K, T, E> Drop for Seat<K, T, E> {
    fn drop(&mut self) {
        let Some(role) = self.role else { return };
        // Under the table's lock, so that nobody boards a flight that is about to be forgotten.
        let mut table = lock(&self.store.table);
        let (is_empty, woken, waker) = match role {
            Role::Leads => match self.flight.vacate() {
                Some(woken) => (false, woken, None),
                None => (true, Woken::none(), None),
            },
            Role::Follows(ticket) => {
                let (is_empty, waker) = self.flight.leave(ticket);
                (is_empty, Woken::none(), waker)
            }
        };
        let grounded = if is_empty { table.ground(self.hash, &self.key) } else { None };
        drop(table);
        woken.wake();
        drop((grounded, waker));
    }
}
