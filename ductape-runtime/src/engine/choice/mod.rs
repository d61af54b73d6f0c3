//! Choosing among the providers of a quota: which one gets this call (R40 to R45)?
//!
//! There are three ways, and each keeps to the weights of those that are admitted:
//!
//! - [`Orders`] hands out the places of a precomputed order: exact over every stretch of calls (`pick = "smooth"`).
//! - [`by_weight`] draws: independent of all other calls (`pick = "random"`, and failover).
//! - [`rendezvous()`] follows a key: the same key, the same provider (`sticky`).

mod draw;
mod hasher;
#[cfg(all(test, loom_models))]
mod models;
mod order;
mod orders;
mod rendezvous;
mod set;

pub(crate) use draw::by_weight;
pub(crate) use hasher::key_hash;
pub(crate) use orders::Orders;
pub(crate) use rendezvous::rendezvous;
pub(crate) use set::Set;
