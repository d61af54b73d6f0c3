//! R8 and R80 to R83: what a plan's future costs, needs, and leaves behind. `tests/allocations.rs` holds more of R8.

mod clean;
mod dropped;
mod panicking;
mod shared;
// Scripts of tests have a place in every future.
#[cfg(not(feature = "testing"))]
mod size;
mod spawned;
