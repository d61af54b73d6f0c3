use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Tally;
use crate::text::Span;

/// Where a breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
#[non_exhaustive]
pub enum Phase {
    /// The provider is called.
    Closed,
    /// The provider is left alone.
    Open {
        /// The time until it lets a probe through.
        #[serde(serialize_with = "crate::text::millis")]
        retry_in: Duration,
    },
    /// A few calls find out whether the provider works again.
    HalfOpen,
}

/// A breaker went from one phase to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub(crate) struct Change {
    /// Where it stood.
    pub from: Phase,
    /// Where it stands now.
    pub to: Phase,
}

/// What an operator makes a breaker answer, whatever it decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Forced {
    /// Nothing is let through.
    Open,
    /// Everything is let through.
    Closed,
}

/// All that can be seen of a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reading {
    /// Where it stands.
    #[serde(flatten)]
    pub phase: Phase,
    /// What an operator makes it answer instead.
    pub forced: Option<Forced>,
    /// Failures since the last success, while closed.
    pub failures_in_a_row: u32,
    /// The calls of the window, while closed; `None` in form 1.
    pub window: Option<Tally>,
}

impl Display for Forced {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Forced {
    /// Its name, as in JSON, in spans and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

impl Phase {
    /// Its name, as in JSON, in spans and in metrics.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open { .. } => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

impl Display for Phase {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.pad("closed"),
            Self::Open { retry_in } => write!(f, "open for {}", Span(*retry_in)),
            Self::HalfOpen => f.pad("half-open"),
        }
    }
}
