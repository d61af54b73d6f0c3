use std::time::Duration;

use serde::Serialize;

use super::{Backoff, Clause, DEFAULT_TIMEOUT, Dependency, Given, Off, Policy};
use crate::engine::{Breaker, Bulkhead, RateLimit};
use crate::health::Check;
use crate::{Name, Verdict};

/// A provider of a plan: a name and its policies.
#[derive(Debug, Clone)]
pub struct Provider {
    pub(crate) name: Name,
    pub(crate) description: Option<Name>,
    pub(crate) policy: ProviderPolicy,
    /// The healthcheck of a definition that was read from data.
    pub(crate) checked_by: Option<Name>,
}

/// The policies of a provider.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProviderPolicy {
    pub(crate) weight: Option<u32>,
    pub(crate) retries: u32,
    pub(crate) backoff: Backoff,
    pub(crate) timeout: Duration,
    pub(crate) healthcheck: Option<&'static Check>,
    pub(crate) conditional: bool,
    pub(crate) breaker: Option<Breaker>,
    pub(crate) bulkhead: Option<Bulkhead>,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) dependency: Option<&'static Dependency>,
    pub(crate) reconcile: Option<Reconcile>,
    pub(crate) cost: f64,
    pub(crate) off: Off,
    pub(crate) given: Given,
    /// A step or a part: whether the function ends when it fails.
    pub(crate) required: bool,
    /// A step: whether it must not happen twice, where that does not hold for the whole plan.
    pub(crate) at_most_once: bool,
    /// What an attempt that timed out means, where a definition says so: worth another try unless said (R21).
    pub(crate) timed_out: Option<Verdict>,
    /// An undo: the place of the step that it undoes.
    pub(crate) undoes: Option<u8>,
}

/// The question after an ambiguous attempt: did it take effect?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reconcile {
    #[serde(serialize_with = "crate::text::span")]
    /// The wait before it is asked.
    pub after: Duration,
}

/// What a provider says of itself.
impl Provider {
    /// Its name, unique in the plan.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The description for people; empty where there is none.
    pub fn description(&self) -> &str {
        self.description.as_deref().unwrap_or_default()
    }

    /// Its share of a quota's traffic; `None` outside quotas and in a quota's fallback tier.
    pub fn weight(&self) -> Option<u32> {
        self.policy.weight
    }

    /// The tries after the first.
    pub fn retries(&self) -> u32 {
        self.policy.retries
    }

    /// How many tries it gets at most: one more than its retries.
    pub fn max_attempts(&self) -> u32 {
        self.policy.retries.saturating_add(1)
    }

    /// The waits between tries.
    pub fn backoff(&self) -> Backoff {
        self.policy.backoff
    }

    /// What bounds one attempt.
    pub fn timeout(&self) -> Duration {
        self.policy.timeout
    }

    /// The tag of its healthcheck.
    pub fn healthcheck(&self) -> Option<&str> {
        let by_data = self.checked_by.as_deref().filter(|_| !self.policy.off.has(Policy::Healthcheck));
        self.check().map(Check::tag).or(by_data)
    }

    /// What it shares with the providers of other plans: what that has, it uses instead of its own.
    pub fn dependency(&self) -> Option<&'static Dependency> {
        self.policy.dependency
    }

    /// When it is no longer called; `None` also while that is switched off.
    pub fn breaker(&self) -> Option<Breaker> {
        self.policy.breaker().copied()
    }

    /// How many attempts it gets at once; `None` also while that is switched off.
    pub fn bulkhead(&self) -> Option<Bulkhead> {
        self.policy.bulkhead().copied()
    }

    /// How many attempts it gets per time; `None` also while that is switched off.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.policy.rate_limit().copied()
    }

    /// Whether a `when(…)` decides if it takes part.
    pub fn conditional(&self) -> bool {
        self.policy.conditional
    }

    /// The question after an ambiguous attempt.
    pub fn reconcile(&self) -> Option<Reconcile> {
        self.policy.reconcile
    }

    /// What a call costs, in the user's unit.
    pub fn cost(&self) -> f64 {
        self.policy.cost
    }

    /// Of a step or a part: whether the function ends when it fails. A provider of a plan is never required.
    pub fn required(&self) -> bool {
        self.policy.required
    }

    /// Whether somebody gave it a timeout, in its definition or while it runs.
    pub(crate) fn is_timed(&self) -> bool {
        let ProviderPolicy { given, timeout, .. } = &self.policy;
        given.has(Clause::Timeout) || given.inherits(Clause::Timeout) || *timeout != DEFAULT_TIMEOUT
    }

    /// What it needs at least of a deadline.
    pub(crate) fn need(&self) -> Duration {
        self.policy.need()
    }

    /// The definition of its healthcheck.
    pub(crate) fn check(&self) -> Option<&'static Check> {
        self.policy.healthcheck()
    }

    /// Whether it gets no traffic at all: its weight is 0.
    pub(crate) fn drained(&self) -> bool {
        self.policy.weight == Some(0)
    }
}

impl ProviderPolicy {
    /// What is in force: the dependency's, else its own, unless it is switched off.
    pub(crate) const fn breaker(&self) -> Option<&Breaker> {
        match self.dependency {
            _ if self.off.has(Policy::Breaker) => None,
            Some(Dependency { breaker: Some(breaker), .. }) => Some(breaker),
            _ => self.breaker.as_ref(),
        }
    }

    /// As above.
    pub(crate) const fn bulkhead(&self) -> Option<&Bulkhead> {
        match self.dependency {
            _ if self.off.has(Policy::Bulkhead) => None,
            Some(Dependency { bulkhead: Some(bulkhead), .. }) => Some(bulkhead),
            _ => self.bulkhead.as_ref(),
        }
    }

    /// As above.
    pub(crate) const fn rate_limit(&self) -> Option<&RateLimit> {
        match self.dependency {
            _ if self.off.has(Policy::RateLimit) => None,
            Some(Dependency { rate_limit: Some(rate_limit), .. }) => Some(rate_limit),
            _ => self.rate_limit.as_ref(),
        }
    }

    /// As above.
    pub(crate) const fn healthcheck(&self) -> Option<&'static Check> {
        match self.dependency {
            _ if self.off.has(Policy::Healthcheck) => None,
            Some(Dependency { healthcheck: Some(healthcheck), .. }) => Some(healthcheck),
            _ => self.healthcheck,
        }
    }
}
