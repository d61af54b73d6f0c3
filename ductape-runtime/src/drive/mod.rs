//! The driver: the only async code around users' blocks.
//!
//! Generated code holds a [`Run`], asks it for the [`next`](Run::next) block, and hands that block over to be polled
//! in place.

mod cached;
mod call;
mod frame;
mod hedged;
mod run;

pub use cached::{Cached, Caching};
pub use frame::{Attempt, attempt};
pub use hedged::{Clock, Hedged};
pub use run::Run;
