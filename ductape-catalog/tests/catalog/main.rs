//! The catalogue over scripted apps, under a paused clock.

mod bad_input;
mod caches;
mod code;
mod deadlines;
mod features;
mod health;
mod once;
mod overrides;
mod plans;
mod policies;
mod process;
mod renamed;
mod seen;
mod sessions;
mod support;
mod versions;
