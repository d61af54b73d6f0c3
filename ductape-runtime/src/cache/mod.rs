//! The cache: values of earlier runs, and one run at a time for each key.
//!
//! What a plan keeps is a [`Shelf`] for each type of key and value: a generic function has one for each of its
//! instances. Whoever finds nothing fresh joins the [`Flight`](flight::Flight) of the key, in which one member at a time
//! makes a run for all. Freshness is told by tokio's clock, as everything else is.

mod definition;
mod flight;
mod key;
#[cfg(all(test, loom_models))]
mod models;
mod shelf;
#[cfg(all(test, not(loom_models)))]
mod tests;

use std::any::Any;
use std::sync::Arc;

pub use definition::Cache;
pub(crate) use flight::Member;
pub use key::{CacheKey, CachedError, CachedValue, Key, OwnKey};
pub(crate) use shelf::{Found, Kept, Shelf};

use crate::sync::{Mutex, lock};

/// The shelves of one plan in one runtime.
#[derive(Debug, Default)]
pub(crate) struct Shelves(Mutex<Vec<Arc<dyn Any + Send + Sync>>>);

impl Shelves {
    /// The shelf for these types; a fresh one, if there is none yet.
    pub(crate) fn of<K: CacheKey, T: CachedValue, E: CachedError>(&self, definition: &Cache) -> Arc<Shelf<K, T, E>> {
        let mut all = lock(&self.0);
        // A plan that is not generic has a single one.
        let known = all.iter().find_map(|shelf| Arc::clone(shelf).downcast().ok());
        known.unwrap_or_else(|| {
            let fresh = Arc::new(Shelf::new(definition.capacity));
            all.push(Arc::clone(&fresh) as Arc<dyn Any + Send + Sync>);
            fresh
        })
    }
}
