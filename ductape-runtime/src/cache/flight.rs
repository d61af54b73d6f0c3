use std::sync::{Arc, OnceLock};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{CacheKey, CachedError, CachedValue, Shelf};
use crate::moment::Moment;
use crate::sync::lock;
use crate::{Outcome, Result};

/// The run that is made for all who ask for one key, and what came of it.
pub(crate) struct Flight<T, E> {
    /// Whose turn it is to make the run: one member's at a time, in the order in which they came. Closed once the run
    /// has landed.
    turn: Arc<Semaphore>,
    landed: OnceLock<Result<Outcome<T>, E>>,
}

impl<T, E> Flight<T, E> {
    pub(super) fn new() -> Self {
        Self { turn: Arc::new(Semaphore::new(1)), landed: OnceLock::new() }
    }
}

/// Somebody who waits for the run of a key, or makes it.
///
/// The last one to go takes the flight off the shelf.
pub(crate) struct Member<K: CacheKey, T, E> {
    pub(crate) shelf: Arc<Shelf<K, T, E>>,
    pub(crate) key: K,
    /// `None` only while it is dropped.
    flight: Option<Arc<Flight<T, E>>>,
}

impl<K: CacheKey, T, E> Member<K, T, E> {
    pub(super) fn new(shelf: Arc<Shelf<K, T, E>>, key: K, flight: Arc<Flight<T, E>>) -> Self {
        Self { shelf, key, flight: Some(flight) }
    }

    /// Takes the flight off the shelf, unless another one has taken its place there.
    fn take_off(&self, flight: &Arc<Flight<T, E>>) {
        let mut flights = lock(&self.shelf.flights);
        let is_there = flights.get(&self.key).is_some_and(|there| Arc::ptr_eq(there, flight));
        let gone = is_there.then(|| flights.remove_entry(&self.key)).flatten();
        drop(flights);
        // The user's key is dropped outside of the lock.
        drop(gone);
    }
}

impl<K: CacheKey, T: CachedValue, E: CachedError> Member<K, T, E> {
    /// Where the members wait for their turn to make the run; closed once it has landed.
    pub(crate) fn turn(&self) -> Option<Arc<Semaphore>> {
        self.flight.as_ref().map(|flight| Arc::clone(&flight.turn))
    }

    /// What the run came to, once another member's has landed.
    pub(crate) fn landed(&self) -> Option<Result<Outcome<T>, E>> {
        self.flight.as_ref()?.landed.get().cloned()
    }

    /// The run has landed: its value is kept, and every member learns what came of it.
    pub(crate) fn land(self, permit: OwnedSemaphorePermit, result: &Result<Outcome<T>, E>, at: Moment) {
        if let Ok(outcome) = result {
            self.shelf.keep(&self.key, outcome, at);
        }
        let Some(flight) = &self.flight else { return };
        // Whoever comes from here on finds the value, or makes a run of their own.
        self.take_off(flight);
        if Arc::strong_count(flight) > 1 {
            let _ = flight.landed.set(result.clone());
        }
        flight.turn.close();
        drop(permit);
    }
}

impl<K: CacheKey, T, E> Drop for Member<K, T, E> {
    fn drop(&mut self) {
        let Some(flight) = self.flight.take() else { return };
        let mut flights = lock(&self.shelf.flights);
        if !flights.get(&self.key).is_some_and(|there| Arc::ptr_eq(there, &flight)) {
            // Landed: then this may be the last to hold what came of it, which is dropped outside of the lock.
            drop(flights);
            return;
        }
        // Under the lock, so that of two who go at once the second sees that it is the last.
        drop(flight);
        let is_last = flights.get(&self.key).is_some_and(|there| Arc::strong_count(there) == 1);
        let gone = is_last.then(|| flights.remove_entry(&self.key)).flatten();
        drop(flights);
        drop(gone);
    }
}
