//! How plans behave: a test per rule of the semantics, named after it, under a paused clock.

mod support;

mod breaker;
mod budget;
mod bulkhead;
mod cache;
mod cordon;
mod dependency;
mod effects;
mod errors;
mod events;
mod futures;
mod gates;
mod health;
mod hedge;
mod mistakes;
mod overrides;
mod partial;
mod quota;
mod rate_limit;
mod reset;
mod runs;
mod runtime;
mod shadow;
mod statistics;
mod time;
#[cfg(feature = "tracing")]
mod tracing;
mod update;
mod verdicts;
mod workflow;
