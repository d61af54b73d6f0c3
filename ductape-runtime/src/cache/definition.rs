use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use serde::Serialize;

use crate::text::Span;

/// Values are kept, and served again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cache {
    /// How long a value is fresh: younger than that, it is served without a call.
    #[serde(serialize_with = "crate::text::span")]
    pub ttl: Duration,
    /// How much longer it is served when the providers fail; zero is not at all.
    #[serde(serialize_with = "crate::text::span")]
    pub stale: Duration,
    /// The most values that are kept, over all keys.
    pub capacity: u32,
}

impl Cache {
    /// Values are fresh for `ttl`; none is served after that, and at most 10 000 are kept.
    pub const fn new(ttl: Duration) -> Self {
        Self { ttl, stale: Duration::ZERO, capacity: 10_000 }
    }

    /// How much longer a value is served when the providers fail; not at all unless said.
    #[must_use]
    pub const fn stale(mut self, stale: Duration) -> Self {
        self.stale = stale;
        self
    }

    /// The most values that are kept; 10 000 unless said. Those that are too old to be served make room first, then
    /// those that are used least.
    #[must_use]
    pub const fn capacity(mut self, capacity: u32) -> Self {
        self.capacity = capacity;
        self
    }

    /// How old a value can get before it is of no use any more.
    pub(crate) const fn lifetime(&self) -> Duration {
        self.ttl.saturating_add(self.stale)
    }

    /// What a value belongs to: its key. The run evaluates it.
    #[must_use]
    pub const fn key(self) -> Self {
        self
    }
}

impl Display for Cache {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "cached for {}", Span(self.ttl))?;
        if !self.stale.is_zero() {
            write!(f, ", stale for {} more", Span(self.stale))?;
        }
        Ok(())
    }
}
