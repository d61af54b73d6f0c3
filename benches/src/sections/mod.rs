//! What is measured: a module for each chapter of the results.

pub mod calls;
pub mod choice;
pub mod contention;
pub mod memory;

use crate::measure::Effort;

/// How thorough a run is.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Few rounds, nothing compiled: a run that shows whether all works.
    pub quick: bool,
    pub effort: Effort,
}
