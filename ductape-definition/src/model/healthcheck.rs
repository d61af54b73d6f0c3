//! Healthchecks.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::PREAMBLE;
use crate::limits::{self, range};
use crate::shape::{Field, Record, Shape};
use crate::template::Mapping;

const SPAN: Shape = Shape::Span(range::LONGEST);

pub(crate) const HEALTHCHECK: Record = Record {
    name: "a healthcheck",
    groups: &[
        PREAMBLE,
        &[
            Field::new("app", Shape::Tag, "the app that is probed").required(),
            Field::new("event", Shape::Tag, "the action that probes it").required(),
            Field::new("interval", SPAN, "from one check to the next").required(),
            Field::new(
                "retries",
                Shape::Whole(0, range::RETRIES),
                "tries within one check after the first; 0 unless said",
            ),
            Field::new("timeout", SPAN, "bounds one try; the interval, at most 5 s, unless said"),
            Field::new(
                "fall",
                Shape::Whole(1, range::COUNT),
                "bad checks in a row that make it unhealthy; 1 unless said",
            ),
            Field::new(
                "rise",
                Shape::Whole(1, range::COUNT),
                "good checks in a row that make it healthy; 1 unless said",
            ),
            Field::new(
                "envs",
                Shape::List(&Shape::Short(&Shape::Tag, Some("slug"), &ENV), limits::MOST_ENVS),
                "where it runs; everywhere unless said",
            ),
        ],
    ],
};

const ENV: Record = Record {
    name: "an environment",
    groups: &[&[
        Field::new("slug", Shape::Tag, "the environment").required(),
        Field::new("input", Shape::Mapping, "what the action is given there"),
    ]],
};

/// A check of an app that is made again and again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[expect(clippy::exhaustive_structs, reason = "written as it stands")]
pub struct Healthcheck {
    /// The unique name.
    pub tag: String,
    /// The name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The app that is probed.
    pub app: String,
    /// The action that probes it.
    pub event: String,
    /// From one check to the next.
    #[serde(with = "crate::literal::duration")]
    pub interval: Duration,
    /// Tries within one check after the first.
    #[serde(default)]
    pub retries: u32,
    /// Bounds one try; the interval, at most 5 s, unless said.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::literal::duration::option")]
    pub timeout: Option<Duration>,
    /// Bad checks in a row that make it unhealthy.
    #[serde(default = "one")]
    pub fall: u32,
    /// Good checks in a row that make it healthy.
    #[serde(default = "one")]
    pub rise: u32,
    /// Where it runs; everywhere if there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub envs: Vec<EnvInput>,
}

/// One without an interval, whose status changes at once.
impl Default for Healthcheck {
    fn default() -> Self {
        Self {
            tag: String::new(),
            name: None,
            description: None,
            app: String::new(),
            event: String::new(),
            interval: Duration::ZERO,
            retries: 0,
            timeout: None,
            fall: one(),
            rise: one(),
            envs: Vec::new(),
        }
    }
}

fn one() -> u32 {
    1
}

/// An environment in which a healthcheck runs, and what its action is given there.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "written as it stands")]
pub struct EnvInput {
    /// The environment.
    pub slug: String,
    /// What the action is given there.
    #[serde(default)]
    pub input: Mapping,
}
