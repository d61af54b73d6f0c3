//! How plans behave: a test per rule of the semantics, named after it, under a paused clock.

mod support;

mod effects;
mod errors;
mod futures;
mod health;
mod quota;
mod runs;
mod runtime;
mod time;
mod verdicts;
