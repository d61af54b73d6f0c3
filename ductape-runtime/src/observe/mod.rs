//! Seeing: what happens in plans, kept for those who look.
//!
//! The engine and the driver tell a plan's [`Watch`] what happens, as [`Note`]s; all that can be seen from outside is
//! made of these. This room is told and tells nobody: nothing here decides anything about a run.

mod event;
mod hub;
mod metrics;
mod note;
mod statistics;
mod trace;
mod watch;

pub use event::{Happened, RuntimeEvent};
pub use hub::Events;
pub(crate) use hub::Hub;
pub(crate) use metrics::{ENABLED as METRICS, set_health};
pub use note::{AttemptEnd, Gate, RunEnd};
pub(crate) use note::{Note, RunEnded, Start};
pub use statistics::{CallCounts, Latency, PlanStats, ProviderStats, RunCounts, Shadowed, Skips, Totals};
pub(crate) use trace::Trace;
pub(crate) use watch::Watch;

/// Runs code of those who watch; what it panics with stays here (R95).
fn quietly<V>(code: impl FnOnce() -> V) -> Option<V> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(code)).ok()
}
