//! The engine: what a run does next.
//!
//! It is told the time and the randomness, and answers with a [`Step`]; it never awaits, spawns or reads a clock. It
//! knows providers by index, and neither their values nor their errors. What runs share of a plan is [`LivePlan`].

mod breaker;
mod budget;
mod bulkhead;
mod choice;
mod entry;
mod gates;
mod hedge;
mod live;
mod log;
mod permit;
mod random;
mod rate;
mod run;
mod select;
mod turn;

pub(crate) use breaker::Change;
pub use breaker::{Breaker, Forced, Percent, Phase, Reading, Tally, Trip, TripRate};
pub use budget::RetryBudget;
pub use bulkhead::{Bulkhead, Occupancy};
pub(crate) use choice::{Set, key_hash};
pub(crate) use hedge::Lanes;
pub use live::Status;
pub(crate) use live::{HealthCell, LivePlan, Policies};
pub(crate) use log::{DEGRADE, What};
pub(crate) use random::{Seeds, system_random};
pub use rate::{Rate, RateLimit};
pub use run::Block;
pub(crate) use run::{Engine, Reply, Step};
