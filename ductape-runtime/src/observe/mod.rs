//! Seeing: what happens in plans, kept for those who look.
//!
//! The engine and the driver tell a plan's [`Watch`] what happens, as [`Note`]s; all that can be seen from outside is
//! made of these. This room is told and tells nobody: nothing here decides anything about a run.

mod note;
mod statistics;
mod watch;

pub(crate) use note::{AttemptEnd, Gate, Note, RunEnd, Start};
pub use statistics::{CallCounts, Latency, PlanStats, ProviderStats, RunCounts, Shadowed, Skips};
pub(crate) use watch::Watch;
