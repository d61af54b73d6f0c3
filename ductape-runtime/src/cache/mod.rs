//! The cache: values of earlier runs, and one run at a time for each key.
//!
//! What a plan keeps is a [`Shelf`]: a generic function has one for each of its instances, since a parameter that is
//! found neither in the key nor in the value may decide what the value is. Whoever finds nothing fresh joins the [`Flight`](flight::Flight) of the key, in which one member at a time
//! makes a run for all. Freshness is told by tokio's clock, as everything else is.

mod definition;
mod flight;
mod key;
#[cfg(all(test, loom_models))]
mod models;
mod shelf;
#[cfg(all(test, not(loom_models)))]
mod tests;

use std::any::{Any, TypeId};
use std::sync::Arc;

pub use definition::Cache;
pub(crate) use flight::Member;
pub use key::{CacheKey, CachedError, CachedValue, Key, OwnKey};
pub(crate) use shelf::{Found, Kept, Shelf};

use crate::sync::{Mutex, lock};

/// The shelves of one plan in one runtime.
#[derive(Debug, Default)]
pub(crate) struct Shelves(Mutex<Vec<(TypeId, Arc<dyn Any + Send + Sync>)>>);

impl Shelves {
    /// The shelf of this instance of the plan's function, which decides the types; a fresh one, if there is none yet.
    pub(crate) fn of<K: CacheKey, T: CachedValue, E: CachedError>(
        &self,
        instance: TypeId,
        definition: &Cache,
    ) -> Arc<Shelf<K, T, E>> {
        let mut all = lock(&self.0);
        let known = all.iter().find(|(known, _)| *known == instance);
        let known = known.and_then(|(_, shelf)| Arc::clone(shelf).downcast().ok());
        known.unwrap_or_else(|| {
            let fresh = Arc::new(Shelf::new(definition.capacity));
            all.push((instance, Arc::clone(&fresh) as Arc<dyn Any + Send + Sync>));
            fresh
        })
    }
}
