//! A lock that a panicking holder does not take away from the others.

use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
