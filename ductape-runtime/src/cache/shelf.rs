use std::collections::HashMap;
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use quick_cache::sync::{Cache as Values, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, UnitWeighter};

use super::flight::{Flight, Member};
use super::{Cache, CacheKey, CachedError, CachedValue};
use crate::moment::Moment;
use crate::outcome::Source;
use crate::sync::{Mutex, lock};
use crate::{Name, Outcome};

/// What a plan keeps, for one type of key, value and error.
pub(crate) struct Shelf<K, T, E> {
    values: Values<K, Arc<Kept<T>>>,
    /// Runs under way, and whoever waits for them.
    pub(super) flights: Mutex<HashMap<K, Arc<Flight<T, E>>>>,
}

/// The value of an earlier run.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    pub(crate) value: T,
    /// Whose it is.
    pub(crate) provider: Name,
    /// When it came.
    pub(crate) at: Moment,
}

/// What a lookup finds.
pub(crate) enum Found<K: CacheKey, T, E> {
    Fresh(Arc<Kept<T>>),
    /// Nothing fresh: the caller is a member of the key's flight.
    Flight(Member<K, T, E>),
}

impl<K: CacheKey, T: CachedValue, E: CachedError> Shelf<K, T, E> {
    pub(super) fn new(capacity: u32) -> Self {
        let capacity = capacity as usize;
        // In one piece, since pieces of their own could hold more together, or less.
        let options =
            OptionsBuilder::new().estimated_items_capacity(capacity).weight_capacity(capacity as u64).shards(1).build();
        let values = match options {
            Ok(options) => {
                Values::with_options(options, UnitWeighter, DefaultHashBuilder::default(), DefaultLifecycle::default())
            }
            // Only for options that are missing.
            Err(_) => Values::new(capacity),
        };
        Self { values, flights: Mutex::default() }
    }

    /// A fresh value, or a place in the flight of the key.
    pub(crate) fn look(self: &Arc<Self>, key: K, definition: &Cache, now: Moment) -> Found<K, T, E> {
        if let Some(kept) = self.fresh(&key, definition, now) {
            return Found::Fresh(kept);
        }
        let mut flights = lock(&self.flights);
        if let Some(flight) = flights.get(&key) {
            return Found::Flight(Member::new(Arc::clone(self), key, Arc::clone(flight)));
        }
        // A flight that has just landed has left its value before it went.
        if let Some(kept) = self.fresh(&key, definition, now) {
            return Found::Fresh(kept);
        }
        let flight = Arc::new(Flight::new());
        flights.insert(key.clone(), Arc::clone(&flight));
        Found::Flight(Member::new(Arc::clone(self), key, flight))
    }

    fn fresh(&self, key: &K, definition: &Cache, now: Moment) -> Option<Arc<Kept<T>>> {
        self.values.get(key).filter(|kept| now.since(kept.at) < definition.ttl)
    }

    /// The value, fresh or stale, that may stand in for a run that failed.
    pub(crate) fn stale(&self, key: &K, definition: &Cache, now: Moment) -> Option<Arc<Kept<T>>> {
        let age = definition.ttl.saturating_add(definition.stale);
        self.values.get(key).filter(|kept| now.since(kept.at) < age)
    }

    /// Keeps the value of a provider, and no other.
    pub(super) fn keep(&self, key: &K, outcome: &Outcome<T>, at: Moment) {
        if outcome.source == Source::Provider {
            let Outcome { value, provider, .. } = outcome.clone();
            self.values.insert(key.clone(), Arc::new(Kept { value, provider, at }));
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }
}

impl<K, T, E> Debug for Shelf<K, T, E> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}
