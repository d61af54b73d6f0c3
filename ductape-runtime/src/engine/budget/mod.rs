//! How many retries and hedges a plan's calls allow (R72): may there be one more?
//!
//! - [`RetryBudget`] is the definition.
//! - [`Account`] is what the runs of a plan share: [`deposit`](Account::deposit) counts a run,
//!   [`look`](Account::look) would allow a retry or a hedge, [`withdraw`](Account::withdraw) counts one.
//!
//! The idea is that of Finagle's `RetryBudget`: retries are bounded by a share of the calls, so that they cannot
//! multiply the load on a provider that is failing under it, with a floor for plans that see little traffic. Here the
//! floor is what holds while the share is less, not added to it: beyond it, 20% are 20%.

mod definition;
mod state;

#[cfg(all(test, loom_models))]
mod models;
#[cfg(all(test, not(loom_models)))]
mod tests;

pub use definition::RetryBudget;
pub(crate) use state::Account;
