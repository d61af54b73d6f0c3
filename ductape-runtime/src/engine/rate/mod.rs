//! At most so many attempts per time (R71): may this one be made now, and if not, when?
//!
//! - [`RateLimit`] is the definition.
//! - [`Tokens`] is what runs share: [`look`](Tokens::look) would admit, [`admit`](Tokens::admit) takes a token that is
//!   there, [`reserve`](Tokens::reserve) also one that comes soon enough.
//! - [`Reservation`] is the guard: dropped before it is [settled](Reservation::settle), it gives the token back.
//!
//! The arithmetic is that of the generic cell rate algorithm, in its form as virtual scheduling (ITU-T Recommendation
//! I.371, "Traffic control and congestion control in B-ISDN"): it lives in `gcra`, apart from who holds it.

mod definition;
mod gcra;
mod state;

#[cfg(all(test, loom_models))]
mod models;
#[cfg(all(test, not(loom_models)))]
mod tests;

pub use definition::{Rate, RateLimit};
pub(crate) use state::{Reservation, Tokens};
