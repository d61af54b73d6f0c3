//! Runs as `tracing` sees them (R92): a span for each run and each of its attempts, and an event for what happens.
//!
//! [`Trace`] holds the spans of one run; [`emit`] turns what [`RuntimeEvent`](super::RuntimeEvent)s say into events of
//! `tracing`. Without the feature both are nothing at all.

#[cfg(feature = "tracing")]
mod emit;
#[cfg(not(feature = "tracing"))]
mod off;
#[cfg(feature = "tracing")]
mod spans;

#[cfg(feature = "tracing")]
pub(super) use emit::{emit, hears_routine};
#[cfg(not(feature = "tracing"))]
pub(crate) use off::Trace;
#[cfg(not(feature = "tracing"))]
pub(super) use off::{emit, hears_routine};
#[cfg(feature = "tracing")]
pub(crate) use spans::Trace;
