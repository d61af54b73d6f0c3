//! Statistics of a plan and its providers (R94): counts, cost, and the latency of successes, over the last minute, the
//! last hour, and since the start.
//!
//! A clean run adds to four counters, and does nothing else: `recorder` keeps these and, from time to time, a copy of
//! them, by which the windows are told from the whole. `latency` says which counter a duration belongs to, `counts`
//! what people see, `table` how it is printed.

mod counts;
mod keep;
mod latency;
mod recorder;
mod table;
mod totals;

#[cfg(all(test, loom_models))]
mod models;

pub use counts::{CallCounts, PlanStats, ProviderStats, RunCounts, Shadowed, Skips};
#[cfg(feature = "metrics")]
pub(super) use counts::{REASONS, reason};
pub(super) use keep::Statistics;
pub use latency::Latency;
pub use totals::Totals;
