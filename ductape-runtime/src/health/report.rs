use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::Status;
use crate::Name;

/// What is known of one healthcheck.
///
/// Serializes with durations in milliseconds, and times in milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The healthcheck.
    pub tag: Name,
    /// The status; `Unknown` when it was never checked, or too long ago.
    pub status: Status,
    /// When it was last checked.
    #[serde(serialize_with = "crate::text::since_1970_option")]
    pub last_checked: Option<SystemTime>,
    /// Whether the last check was good; `None` before the first.
    pub last_available: Option<bool>,
    /// When a check was last good.
    #[serde(serialize_with = "crate::text::since_1970_option")]
    pub last_available_at: Option<SystemTime>,
    /// How long the last check took, its own retries included.
    #[serde(serialize_with = "crate::text::millis_option")]
    pub latency: Option<Duration>,
    /// The mean of that over all checks.
    #[serde(serialize_with = "crate::text::millis_option")]
    pub mean_latency: Option<Duration>,
    /// How many checks in a row were bad.
    pub failures: u32,
    /// What the last bad try said.
    pub last_error: Option<String>,
}

/// What all healthchecks of an environment say together.
///
/// ```
/// # extern crate ductape_runtime as ductape;
/// let health = ductape::health();
/// println!("{} {}", health.http(), serde_json::to_string(&health).unwrap());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// Of all of them.
    pub status: Overall,
    /// Each healthcheck by its tag.
    pub checks: BTreeMap<Name, Report>,
}

/// The health of everything that is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Overall {
    /// None is unhealthy; an unknown one counts as healthy, and so do no checks at all.
    Healthy,
    /// Some are unhealthy.
    Degraded,
    /// All are unhealthy.
    Unhealthy,
}

impl Display for Overall {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Unhealthy => "unhealthy",
        })
    }
}

impl Health {
    pub(crate) fn of(reports: impl Iterator<Item = Report>) -> Self {
        let checks: BTreeMap<_, _> = reports.map(|report| (report.tag.clone(), report)).collect();
        let unhealthy = checks.values().filter(|report| report.status == Status::Unhealthy).count();
        let status = match unhealthy {
            0 => Overall::Healthy,
            all if all == checks.len() => Overall::Unhealthy,
            _ => Overall::Degraded,
        };
        Self { status, checks }
    }

    /// The HTTP status code for a load balancer: 503 when all are unhealthy, else 200.
    pub fn http(&self) -> u16 {
        if self.status == Overall::Unhealthy { 503 } else { 200 }
    }

    /// The HTTP status code for those who want everything healthy: else 503.
    pub fn strict_http(&self) -> u16 {
        if self.status == Overall::Healthy { 200 } else { 503 }
    }
}
