//! At most so many attempts at once (R70): is there a place for this one?
//!
//! - [`Bulkhead`] is the definition.
//! - [`Places`] is what runs share: [`look`](Places::look) would admit, [`try_enter`](Places::try_enter) takes a
//!   place, [`queue`](Places::queue) joins the line for one, [`resize`](Places::resize) changes how many there are.
//! - [`Place`] and [`Waiting`] are the guards: dropped, they give back what they hold.
//!
//! Unlike other policies, the state knows its limit itself: when that grows, those in line must be let in at once, and
//! none of them would come to ask.

mod definition;
mod state;

#[cfg(all(test, loom_models))]
mod models;
#[cfg(all(test, not(loom_models)))]
mod tests;

pub use definition::{Bulkhead, Occupancy};
pub(crate) use state::{Place, Places, Waiting};
