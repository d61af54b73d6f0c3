//! What is measured: a module for each chapter of the results.

pub mod calls;
pub mod choice;
pub mod compiling;
pub mod contention;
pub mod definitions;
pub mod memory;
pub mod soak;

use crate::measure::Effort;

/// How thorough a run is.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Few rounds, nothing compiled: a run that shows whether all works.
    pub quick: bool,
    pub effort: Effort,
    /// How long the soak is.
    pub soak: std::time::Duration,
}
