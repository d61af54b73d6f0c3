//! Breaker: is it worth calling this provider at all (R60 to R65)?
//!
//! ```text
//!             enough failures                    the cooldown is over
//!   closed ───────────────────▶ open for a while ────────────────────▶ half-open
//!     ▲                               ▲                                 │    │
//!     │                               └──────────── one fails ──────────┘    │
//!     └────────────────────────── `probes` succeed in a row ─────────────────┘
//! ```
//!
//! - [`Breaker`] is the definition. It comes in with every call, so that it may change while the breaker runs.
//! - [`BreakerState`] is what runs share: [`look`](BreakerState::look) asks and takes nothing,
//!   [`admit`](BreakerState::admit) hands out an [`Admission`], which goes back once, by
//!   [`settle`](BreakerState::settle) or [`abandon`](BreakerState::abandon).
//! - `machine` decides, one thing after the other; `state` lets threads in; `window` counts.
//!
//! A new generation begins whenever it opens, and whenever it closes. An admission carries the one that it was made in,
//! and what belongs to another decides nothing (R64): neither a success from before the trip, nor a probe that hung
//! through a cooldown.

mod admission;
mod definition;
mod machine;
mod percent;
mod reading;
mod state;
mod window;

#[cfg(all(test, loom_models))]
mod models;
#[cfg(all(test, not(loom_models)))]
mod reference;
#[cfg(all(test, not(loom_models)))]
mod tests;

pub(crate) use admission::{Admission, Settled};
pub use definition::{Breaker, Trip, TripRate};
pub use percent::Percent;
pub(crate) use reading::Change;
pub use reading::{Forced, Phase, Reading};
pub(crate) use state::BreakerState;
pub use window::Tally;
