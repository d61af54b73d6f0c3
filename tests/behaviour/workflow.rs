//! R100–R108: steps in the order of a function's body, undone when a later one fails.

mod dropped;
mod errors;
mod exits;
mod loops;
mod names;
mod nested;
mod seen;
mod steps;
mod undos;

use std::sync::{Mutex, PoisonError};

use crate::support::{Script, Scripted};

/// What was done and undone, in its order.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Vec<String>>);

impl Ledger {
    pub(crate) fn write(&self, entry: impl Into<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(entry.into());
    }

    /// Does what the script says, and writes down what succeeded.
    pub(crate) async fn play(&self, what: &str, script: &Script) -> Result<usize, Scripted> {
        let call = script.call().await?;
        self.write(what);
        Ok(call)
    }

    pub(crate) fn entries(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
