//! The cache: values of earlier runs, and one run at a time for each key.
//!
//! What a plan keeps is a [`Store`]: a generic function has one for each of its instances, since a parameter that is
//! found neither in the key nor in the value may decide what the value is. Whoever finds nothing fresh gets a [`Seat`] in
//! the [`Flight`](flight::Flight) of the key, in which one at a time makes a run for all. Freshness is told by tokio's
//! clock, as everything else is.
//!
//! No lock is held while a user's code runs: not in `Hash`, `Eq`, `Clone` or `Drop` of keys and values, nor in wakers.

mod definition;
mod flight;
mod key;
#[cfg(all(test, loom_models))]
mod models;
mod store;
mod table;
#[cfg(all(test, not(loom_models)))]
mod tests;

use std::any::{Any, TypeId};
use std::sync::Arc;

pub use definition::Cache;
pub use key::{CacheKey, CachedError, CachedValue, Key, OwnKey};
pub(crate) use store::{Kept, Landed, Look, Seat, Store};

use crate::sync::{Mutex, lock};

/// The stores of one plan in one runtime.
#[derive(Debug, Default)]
pub(crate) struct Stores(Mutex<Vec<(TypeId, Arc<dyn Any + Send + Sync>)>>);

impl Stores {
    /// The store of this instance of the plan's function, which decides the types; a fresh one, if there is none yet.
    pub(crate) fn of<K: CacheKey, T: CachedValue, E: CachedError>(&self, instance: TypeId) -> Arc<Store<K, T, E>> {
        let mut all = lock(&self.0);
        let known = all.iter().find(|(known, _)| *known == instance);
        let known = known.and_then(|(_, store)| Arc::clone(store).downcast().ok());
        known.unwrap_or_else(|| {
            let fresh = Arc::new(Store::new());
            all.push((instance, Arc::clone(&fresh) as Arc<dyn Any + Send + Sync>));
            fresh
        })
    }
}
