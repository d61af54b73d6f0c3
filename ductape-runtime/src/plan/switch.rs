use std::fmt::{self, Display, Formatter};

use serde::Serialize;

/// A policy that an operator can switch off and on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Policy {
    /// `healthcheck`: while it is off, the provider counts as available.
    Healthcheck,
    /// `breaker`.
    Breaker,
    /// `bulkhead`.
    Bulkhead,
    /// `rate_limit`.
    RateLimit,
    /// `retry_budget`.
    RetryBudget,
    /// `cache`.
    Cache,
    /// `hedge`: while it is off, providers are asked one after the other.
    Hedge,
}

impl Policy {
    /// In their order.
    pub(crate) const ALL: [Self; 7] = [
        Self::Healthcheck,
        Self::Breaker,
        Self::Bulkhead,
        Self::RateLimit,
        Self::RetryBudget,
        Self::Cache,
        Self::Hedge,
    ];

    /// The name of its clause.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthcheck => "healthcheck",
            Self::Breaker => "breaker",
            Self::Bulkhead => "bulkhead",
            Self::RateLimit => "rate_limit",
            Self::RetryBudget => "retry_budget",
            Self::Cache => "cache",
            Self::Hedge => "hedge",
        }
    }
}

impl Display for Policy {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The policies that are switched off; their definitions stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Off(u8);

impl Off {
    pub(crate) const NOTHING: Self = Self(0);

    pub(crate) const fn has(self, policy: Policy) -> bool {
        self.0 >> policy as u8 & 1 == 1
    }

    pub(crate) fn switch(&mut self, policy: Policy, on: bool) {
        let bit = 1 << policy as u8;
        self.0 = if on { self.0 & !bit } else { self.0 | bit };
    }
}
