//! R10 to R18: timeouts, deadlines and what they reserve, nesting, backoff, and the kinds of ends.

mod backoff;
mod deadlines;
mod kinds;
mod nesting;
mod reservation;
mod timeouts;
mod wishes;
