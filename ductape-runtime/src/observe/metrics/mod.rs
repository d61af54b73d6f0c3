//! Runs as the `metrics` facade sees them (R93): counters, gauges and histograms, registered before the first call.
//!
//! `table` says what there is, for the code and for the documentation; [`Meters`] holds what one plan adds to. Without
//! the feature they are nothing at all.

#[cfg(feature = "metrics")]
mod meters;
#[cfg(not(feature = "metrics"))]
mod off;
#[cfg(feature = "metrics")]
mod table;

#[cfg(feature = "metrics")]
pub(super) use meters::Meters;
#[cfg(feature = "metrics")]
pub(crate) use meters::{ENABLED, set_health};
#[cfg(not(feature = "metrics"))]
pub(super) use off::Meters;
#[cfg(not(feature = "metrics"))]
pub(crate) use off::{ENABLED, set_health};
