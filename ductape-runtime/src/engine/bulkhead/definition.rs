use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use serde::Serialize;

use crate::text::Span;

/// At most so many attempts at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Bulkhead {
    /// The most attempts at once.
    pub max: u32,
    /// How long an attempt waits for a place; zero is not at all.
    #[serde(serialize_with = "crate::text::span")]
    pub wait: Duration,
    /// Refusals are reported, but not enforced.
    pub shadow: bool,
}

/// How full a bulkhead is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Occupancy {
    /// Attempts under way.
    pub taken: u32,
    /// Attempts that wait for a place.
    pub waiting: usize,
}

impl Bulkhead {
    /// At most `max` attempts at once; whoever comes when it is full does not wait.
    pub const fn new(max: u32) -> Self {
        Self { max, wait: Duration::ZERO, shadow: false }
    }

    /// How long an attempt waits for a place; not at all unless said.
    #[must_use]
    pub const fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Decides and reports, but does not enforce.
    #[must_use]
    pub const fn shadow(mut self) -> Self {
        self.shadow = true;
        self
    }
}

impl Display for Bulkhead {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "bulkhead {}", self.max)?;
        if !self.wait.is_zero() {
            write!(f, " after up to {}", Span(self.wait))?;
        }
        f.write_str(if self.shadow { " (shadow)" } else { "" })
    }
}
