//! The driver: the only async code around users' blocks.
//!
//! Generated code holds a [`Run`], asks it for the [`next`](Run::next) block, and hands that block over to be polled
//! in place. Workflows and partials consist of such runs, one for each step or part.

mod cached;
mod call;
mod core;
mod dynamic;
mod frame;
mod hedged;
mod partial;
mod run;
mod undoing;
mod whole;
mod workflow;

pub(crate) use cached::Shelf;
pub use cached::{Cached, Caching};
pub(crate) use dynamic::drive;
pub use dynamic::{BoxedBlock, Steps};
pub(crate) use frame::{Around, Surroundings};
pub use frame::{Attempt, attempt};
pub use hedged::{Clock, Hedged};
pub use partial::{Ended, Flat, Group, Part, Partial};
pub use run::Run;
pub use whole::PartRun;
pub use workflow::{Converted, Saved, Workflow};
