use std::fmt::{self, Display, Formatter};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Serialize;

use super::Plan;

/// Where a definition stands in the program's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Place {
    /// The file, as the compiler names it.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl Place {
    /// Of a definition that stands in no file.
    pub const UNKNOWN: Self = Self { file: "", line: 0, column: 0 };

    /// A place in a file.
    pub const fn new(file: &'static str, line: u32, column: u32) -> Self {
        Self { file, line, column }
    }
}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Where a runtime keeps the state of a definition: an index that is the same for the whole process.
///
/// It is given by the registry; before, it is unset.
#[derive(Debug)]
pub(crate) struct Slot(AtomicUsize);

impl Slot {
    pub(crate) const fn unset() -> Self {
        Self(AtomicUsize::new(usize::MAX))
    }

    pub(crate) fn set(&self, index: usize) {
        self.0.store(index, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Option<usize> {
        match self.0.load(Ordering::Relaxed) {
            usize::MAX => None,
            index => Some(index),
        }
    }
}

/// A plan that an attribute wrote into the program.
#[derive(Debug)]
pub struct Site {
    pub(crate) plan: Plan,
    pub(crate) slot: Slot,
}

impl Site {
    /// Registers nothing by itself: `inventory` hands it to the registry.
    pub const fn new(plan: Plan) -> Self {
        Self { plan, slot: Slot::unset() }
    }

    /// The definition.
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }
}

inventory::collect!(&'static Site);
