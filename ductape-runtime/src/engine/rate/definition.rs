use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::text::Span;

/// At most so many attempts per time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// How many per time, in the long run.
    pub rate: Rate,
    /// How many at once; what one second allows, and at least 1, unless given.
    pub burst: Option<u32>,
    /// How long an attempt waits for its turn; zero is not at all.
    pub wait: Duration,
    /// Refusals are reported, but not enforced.
    pub shadow: bool,
}

/// So many per second, minute or hour: `100/s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    count: u32,
    per: Per,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Per {
    Second = 1,
    Minute = 60,
    Hour = 3_600,
}

const SECOND: u64 = 1_000_000_000;

impl RateLimit {
    /// Bursts as large as one second allows; whoever comes when the rate is spent does not wait.
    pub const fn new(rate: Rate) -> Self {
        Self { rate, burst: None, wait: Duration::ZERO, shadow: false }
    }

    /// How many may come at once; what one second allows, and at least 1, unless said.
    #[must_use]
    pub const fn burst(mut self, burst: u32) -> Self {
        self.burst = Some(burst);
        self
    }

    /// How long an attempt waits for its turn; not at all unless said.
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

    /// How many may come at once, given or not.
    pub const fn capacity(&self) -> u32 {
        let burst = match self.burst {
            Some(burst) => burst,
            None => self.rate.count / self.rate.per as u32,
        };
        if burst > 0 { burst } else { 1 }
    }
}

impl Rate {
    /// `"100/s"`.
    pub const fn per_second(count: u32) -> Self {
        Self { count, per: Per::Second }
    }

    /// `"600/m"`.
    pub const fn per_minute(count: u32) -> Self {
        Self { count, per: Per::Minute }
    }

    /// `"10000/h"`.
    pub const fn per_hour(count: u32) -> Self {
        Self { count, per: Per::Hour }
    }

    /// How many per time.
    pub(crate) const fn count(self) -> u32 {
        self.count
    }

    /// The nanoseconds from one to the next, rounded up: the rate is never exceeded.
    pub(super) const fn interval(self) -> u64 {
        let count = if self.count > 0 { self.count } else { 1 };
        (self.per as u64 * SECOND).div_ceil(count as u64)
    }
}

impl Display for Rate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let unit = match self.per {
            Per::Second => 's',
            Per::Minute => 'm',
            Per::Hour => 'h',
        };
        f.pad(&format!("{}/{unit}", self.count))
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Shows the burst that is in force, given or not.
impl Serialize for RateLimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("RateLimit", 4)?;
        fields.serialize_field("rate", &self.rate)?;
        fields.serialize_field("burst", &self.capacity())?;
        fields.serialize_field("wait", &Span(self.wait).to_string())?;
        fields.serialize_field("shadow", &self.shadow)?;
        fields.end()
    }
}

impl Display for RateLimit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "rate limit {}", self.rate)?;
        if let Some(burst) = self.burst {
            write!(f, ", bursts of {burst}")?;
        }
        if !self.wait.is_zero() {
            write!(f, " after up to {}", Span(self.wait))?;
        }
        f.write_str(if self.shadow { " (shadow)" } else { "" })
    }
}
