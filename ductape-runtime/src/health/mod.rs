//! Healthchecks: their definition, the probing, and what is known of them.

mod definition;
mod report;
mod state;

pub use crate::engine::Status;
pub use definition::{AnyHealthcheck, Check, Healthcheck, HealthcheckClauses, ProbeFuture};
pub use report::{Health, Overall, Report};
pub(crate) use state::HealthState;
