//! The clauses of plans and providers, as in the attributes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error_class::ErrorClass;
use crate::limits::range;
use crate::literal::{Percent, Rate};
use crate::shape::{Field, Record, Shape};

const SPAN: Shape = Shape::Span(range::LONGEST);
const COUNT: Shape = Shape::Whole(1, range::COUNT);
const CLASSES: Shape = Shape::List(&Shape::ErrorClass, 64);

pub(crate) const POLICIES: &[Field] = &[
    Field::new("retries", Shape::Whole(0, range::RETRIES), "tries after the first; 0 unless said"),
    Field::new("timeout", SPAN, "bounds one attempt; 10 s unless said"),
    Field::new("backoff", Shape::Record(&BACKOFF), "the waits between tries"),
    Field::new("breaker", Shape::Short(&Shape::True, None, &BREAKER), "stop calling a provider that fails"),
    Field::new("bulkhead", Shape::Short(&COUNT, Some("max"), &BULKHEAD), "at most so many attempts at once"),
    Field::new(
        "rate_limit",
        Shape::Short(&Shape::Rate, Some("rate"), &RATE_LIMIT),
        "at most so many attempts per time",
    ),
    Field::new("retry_on", CLASSES, "errors after which the provider is tried again"),
    Field::new("failover_on", CLASSES, "errors after which the next provider is tried"),
    Field::new("abort_on", CLASSES, "errors that end the run: no provider would do better"),
    Field::new("ambiguous_on", CLASSES, "errors after which nobody knows whether it took effect"),
];

const BACKOFF: Record = Record {
    name: "a backoff",
    groups: &[&[
        Field::new("base", SPAN, "the wait before the first retry; 100 ms unless said"),
        Field::new("factor", Shape::Number(1.0, range::FACTOR), "by which each wait is longer; 2 unless said"),
        Field::new("max", SPAN, "the longest wait; 10 s unless said"),
        Field::new("jitter", Shape::Word(&["full", "equal", "none"]), "how waits are drawn; full unless said"),
    ]],
};

const BREAKER: Record = Record {
    name: "a breaker",
    groups: &[&[
        Field::new("failures", COUNT, "failures in a row that open it; 5 unless said"),
        Field::new("failure_rate", Shape::Percent, "the share of failures that opens it; instead of `failures`"),
        Field::new("window", SPAN, "over which the share is taken; 30 s unless said"),
        Field::new("min_calls", COUNT, "outcomes before the share counts; 20 unless said"),
        Field::new("slow_call", SPAN, "calls slower than this count as well"),
        Field::new("cooldown", SPAN, "how long it stays open; 60 s unless said, 30 s with a share"),
        Field::new("probes", COUNT, "tries of a recovering provider; 1 unless said, 3 with a share"),
        SHADOW,
    ]],
};

const BULKHEAD: Record = Record {
    name: "a bulkhead",
    groups: &[&[
        Field::new("max", COUNT, "attempts at once").required(),
        Field::new("wait", SPAN, "for a place; none unless said"),
        SHADOW,
    ]],
};

const RATE_LIMIT: Record = Record {
    name: "a rate limit",
    groups: &[&[
        Field::new("rate", Shape::Rate, "attempts per time").required(),
        Field::new("burst", COUNT, "attempts at once; what one second allows unless said"),
        Field::new("wait", SPAN, "for the next token; none unless said"),
        SHADOW,
    ]],
};

const SHADOW: Field = Field::new("shadow", Shape::Switch, "decide and report, but do not enforce");

/// The clauses of a provider; those of a plan are the defaults of its providers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::exhaustive_structs, reason = "written as it stands")]
pub struct Policies {
    /// Tries after the first; 0 unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<u32>,
    /// Bounds one attempt; 10 s unless said.
    #[serde(skip_serializing_if = "Option::is_none", with = "crate::literal::duration::option")]
    pub timeout: Option<Duration>,
    /// The waits between tries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backoff: Option<Backoff>,
    /// Stop calling a provider that fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaker: Option<Breaker>,
    /// At most so many attempts at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bulkhead: Option<Bulkhead>,
    /// At most so many attempts per time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<RateLimit>,
    /// Errors after which the provider is tried again, and no others; without this list, every error that is in none, and
    /// of which the action says nothing else. An attempt that its timeout has cut is an error of the class `timeout`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub retry_on: Vec<ErrorClass>,
    /// Errors after which the next provider is tried.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failover_on: Vec<ErrorClass>,
    /// Errors that end the run: no provider would do better.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub abort_on: Vec<ErrorClass>,
    /// Errors after which nobody knows whether it took effect.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ambiguous_on: Vec<ErrorClass>,
}

/// The waits between tries.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::exhaustive_structs, reason = "written as it stands")]
pub struct Backoff {
    /// The wait before the first retry.
    #[serde(with = "crate::literal::duration")]
    pub base: Duration,
    /// By which each wait is longer than the one before.
    #[serde(serialize_with = "crate::literal::number::serialize")]
    pub factor: f64,
    /// The longest wait.
    #[serde(with = "crate::literal::duration")]
    pub max: Duration,
    /// How waits are drawn.
    pub jitter: Jitter,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { base: Duration::from_millis(100), factor: 2.0, max: Duration::from_secs(10), jitter: Jitter::Full }
    }
}

/// How waits are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Jitter {
    /// From nothing to the whole wait.
    #[default]
    Full,
    /// From half to the whole wait.
    Equal,
    /// The whole wait.
    None,
}

/// When a provider is no longer called: after failures in a row, or a share of failures.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::exhaustive_structs, reason = "written as it stands")]
pub struct Breaker {
    /// Failures in a row that open it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failures: Option<u32>,
    /// The share of failures that opens it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_rate: Option<Percent>,
    /// Over which the share is taken.
    #[serde(skip_serializing_if = "Option::is_none", with = "crate::literal::duration::option")]
    pub window: Option<Duration>,
    /// Outcomes before the share counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_calls: Option<u32>,
    /// Calls slower than this count as well.
    #[serde(skip_serializing_if = "Option::is_none", with = "crate::literal::duration::option")]
    pub slow_call: Option<Duration>,
    /// How long it stays open.
    #[serde(skip_serializing_if = "Option::is_none", with = "crate::literal::duration::option")]
    pub cooldown: Option<Duration>,
    /// Tries of a recovering provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probes: Option<u32>,
    /// Decide and report, but do not enforce.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
}

/// At most so many attempts at once.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "written as it stands")]
pub struct Bulkhead {
    /// Attempts at once.
    pub max: u32,
    /// For a place; none unless said.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::literal::duration::option")]
    pub wait: Option<Duration>,
    /// Decide and report, but do not enforce.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
}

/// At most so many attempts per time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "written as it stands")]
pub struct RateLimit {
    /// Attempts per time.
    pub rate: Rate,
    /// Attempts at once; what one second allows unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub burst: Option<u32>,
    /// For the next token; none unless said.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::literal::duration::option")]
    pub wait: Option<Duration>,
    /// Decide and report, but do not enforce.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
}

pub(crate) const PLAN_POLICY: &[Field] = &[
    Field::new("deadline", SPAN, "bounds the whole run; the worst case unless said"),
    Field::new("at_most_once", Shape::Switch, "the work must not happen twice"),
    Field::new("all_unhealthy", Shape::Word(&["try", "fail"]), "when health leaves no provider; try unless said"),
    Field::new("retry_budget", Shape::Percent, "share of retries and hedges among calls"),
    Field::new("hedge", SPAN, "start the next provider when the running one is this slow"),
];

/// The clauses of a plan that no provider has.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::exhaustive_structs, reason = "written as it stands")]
pub struct PlanPolicy {
    /// Bounds the whole run; the worst case unless said.
    #[serde(skip_serializing_if = "Option::is_none", with = "crate::literal::duration::option")]
    pub deadline: Option<Duration>,
    /// The work must not happen twice.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub at_most_once: bool,
    /// When health leaves no provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all_unhealthy: Option<AllUnhealthy>,
    /// Share of retries and hedges among calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_budget: Option<Percent>,
    /// Start the next provider when the running one is this slow.
    #[serde(skip_serializing_if = "Option::is_none", with = "crate::literal::duration::option")]
    pub hedge: Option<Duration>,
}

/// What happens when health leaves no provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum AllUnhealthy {
    /// The unhealthy ones are tried all the same.
    #[default]
    Try,
    /// The run fails.
    Fail,
}

/// How a quota picks a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Pick {
    /// In an order that keeps the weights exactly.
    #[default]
    Smooth,
    /// By independent draws.
    Random,
}

/// What holds for a provider in the end.
impl Policies {
    /// These, and `defaults` where these say nothing. The lists of errors are one thing: they come together.
    #[must_use]
    pub fn or(&self, defaults: &Self) -> Self {
        let lists = if self.has_classes() { self } else { defaults };
        Self {
            retries: self.retries.or(defaults.retries),
            timeout: self.timeout.or(defaults.timeout),
            backoff: self.backoff.or(defaults.backoff),
            breaker: self.breaker.or(defaults.breaker),
            bulkhead: self.bulkhead.or(defaults.bulkhead),
            rate_limit: self.rate_limit.or(defaults.rate_limit),
            retry_on: lists.retry_on.clone(),
            failover_on: lists.failover_on.clone(),
            abort_on: lists.abort_on.clone(),
            ambiguous_on: lists.ambiguous_on.clone(),
        }
    }

    /// Whether any list says what errors mean.
    pub fn has_classes(&self) -> bool {
        self.lists().iter().any(|(_, list)| !list.is_empty())
    }

    /// The lists of errors, by key.
    pub(crate) fn lists(&self) -> [(&'static str, &[ErrorClass]); 4] {
        [
            ("retry_on", &self.retry_on),
            ("failover_on", &self.failover_on),
            ("abort_on", &self.abort_on),
            ("ambiguous_on", &self.ambiguous_on),
        ]
    }

    /// The longest wait to be let in to an attempt.
    pub(crate) fn entry(&self) -> Duration {
        let bulkhead = self.bulkhead.and_then(|bulkhead| bulkhead.wait).unwrap_or_default();
        let rate_limit = self.rate_limit.and_then(|rate_limit| rate_limit.wait).unwrap_or_default();
        bulkhead.saturating_add(rate_limit)
    }
}

impl Backoff {
    /// The longest that all waits of so many retries take (R15).
    pub(crate) fn bound_of_all(&self, retries: u32) -> Duration {
        let (mut sum, mut wait) = (Duration::ZERO, self.base.min(self.max));
        for left in (1..=retries).rev() {
            if wait == self.max || self.factor <= 1.0 {
                return sum.saturating_add(wait.saturating_mul(left));
            }
            sum = sum.saturating_add(wait);
            let next = Duration::try_from_secs_f64(wait.as_secs_f64() * self.factor);
            wait = next.map_or(self.max, |next| next.min(self.max));
        }
        sum
    }
}
