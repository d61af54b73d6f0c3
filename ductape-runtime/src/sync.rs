//! The locks and atomics of what runs share: std's, or loom's while its models run.
//!
//! The models try every order in which threads can come. They need a build of their own:
//!
//! ```sh
//! RUSTFLAGS="--cfg loom_models" LOOM_MAX_PREEMPTIONS=3 cargo test --release --lib models::
//! ```

#[cfg(all(test, loom_models))]
pub(crate) use loom::sync::{Mutex, MutexGuard, atomic::AtomicU64, atomic::Ordering};
#[cfg(not(all(test, loom_models)))]
pub(crate) use std::sync::{Mutex, MutexGuard, atomic::AtomicU64, atomic::Ordering};

use std::sync::PoisonError;

/// Locks, whatever became of whoever held it last: no section here can panic and leave things half done.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
