//! The console's routes, each asked as a server would, without a port.

mod events;
mod health;
#[cfg(feature = "metrics")]
mod metrics;
mod mistakes;
mod plans;
#[cfg(feature = "config")]
mod reload;
mod steering;
mod support;
mod token;
