//! The engine: what a run does next.
//!
//! It is told the time and the randomness, and answers with a [`Step`]; it never awaits, spawns or reads a clock. It
//! knows providers by index, and neither their values nor their errors. What runs share of a plan is [`LivePlan`].

mod choice;
mod gates;
mod live;
mod log;
mod random;
mod run;
mod select;
mod turn;

pub(crate) use choice::key_hash;
pub use live::Status;
pub(crate) use live::{HealthCell, LivePlan};
pub(crate) use log::{DEGRADE, What};
pub(crate) use random::{Seeds, system_random};
pub use run::Block;
pub(crate) use run::{Engine, Reply, Step};
