//! Caches.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::PREAMBLE;
use crate::limits::range;
use crate::shape::{Field, Record, Shape};

pub(crate) const CACHE: Record = Record {
    name: "a cache",
    groups: &[
        PREAMBLE,
        &[
            Field::new("expiry", Shape::Span(range::LONGEST_AGE), "how long a result is fresh").required().alias("ttl"),
            Field::new("stale", Shape::Span(range::LONGEST_AGE), "how much longer it may stand in for a failure"),
            Field::new("capacity", Shape::Whole(1, range::COUNT), "results kept; 10 000 unless said"),
        ],
    ],
};

/// Results that are kept for a while.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[expect(clippy::exhaustive_structs, reason = "written as it stands")]
pub struct Cache {
    /// The unique name.
    pub tag: String,
    /// The name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How long a result is fresh.
    #[serde(with = "crate::literal::duration")]
    pub expiry: Duration,
    /// How much longer it may stand in for a failure.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::literal::duration::option")]
    pub stale: Option<Duration>,
    /// Results kept; 10 000 unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
}
