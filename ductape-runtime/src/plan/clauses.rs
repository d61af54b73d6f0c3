//! The clauses as const builder methods.
//!
//! Generated code calls them with the user's own tokens as names, so that an editor completes clauses, and shows the
//! documentation of these methods for them.

use std::borrow::Cow;
use std::time::Duration;

use super::provider::ProviderPolicy;
use super::{
    AllUnhealthy, Backoff, Clause, DEFAULT_TIMEOUT, Dependency, Given, MAX_PROVIDERS, Need, Off, Pick, Place, Plan,
    PlanKind, PlanPolicy, Provider, Reconcile,
};
use crate::cache::Cache;
use crate::engine::{Breaker, Bulkhead, RateLimit, RetryBudget};
use crate::health::Healthcheck;
use crate::{Name, Verdict};

/// Builds a [`Plan`], clause by clause.
#[must_use]
pub struct PlanClauses {
    kind: PlanKind,
    tag: &'static str,
    name: Option<&'static str>,
    description: Option<&'static str>,
    place: Place,
    providers: &'static [Provider],
    policy: PlanPolicy,
}

/// Builds a [`Provider`], clause by clause.
#[must_use]
pub struct ProviderClauses {
    name: &'static str,
    description: Option<&'static str>,
    policy: ProviderPolicy,
}

/// The clauses of a plan, as const builder methods.
impl PlanClauses {
    /// Ordered failover: the first provider is the primary.
    pub const fn fallback(tag: &'static str, providers: &'static [Provider]) -> Self {
        Self::of(PlanKind::Fallback, tag, providers)
    }

    /// Distribution by weight; providers without a weight are the fallback tier.
    pub const fn quota(tag: &'static str, providers: &'static [Provider]) -> Self {
        Self::of(PlanKind::Quota, tag, providers)
    }

    /// One protected call.
    pub const fn action(tag: &'static str, providers: &'static [Provider]) -> Self {
        Self::of(PlanKind::Action, tag, providers)
    }

    /// Steps in the order of a function's body; undos stand behind all of them.
    pub const fn workflow(tag: &'static str, steps: &'static [Provider]) -> Self {
        Self::of(PlanKind::Workflow, tag, steps)
    }

    /// Parts, side by side.
    pub const fn partial(tag: &'static str, parts: &'static [Provider]) -> Self {
        Self::of(PlanKind::Partial, tag, parts)
    }

    const fn of(kind: PlanKind, tag: &'static str, providers: &'static [Provider]) -> Self {
        assert!(providers.len() <= MAX_PROVIDERS, "a plan has at most 64 providers");
        Self {
            kind,
            tag,
            name: None,
            description: None,
            place: Place::UNKNOWN,
            providers,
            policy: PlanPolicy {
                deadline: None,
                at_most_once: false,
                classified: false,
                all_unhealthy: AllUnhealthy::Try,
                total: 100,
                pick: Pick::Smooth,
                sticky: false,
                failover: true,
                degrade: None,
                retry_budget: None,
                cache: None,
                hedge: None,
                off: Off::NOTHING,
                given: Given::NOTHING,
            },
        }
    }

    /// A name for people; the tag unless said.
    pub const fn name(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    /// A description for people; the first paragraph of the doc comment unless said.
    pub const fn description(mut self, description: &'static str) -> Self {
        self.description = Some(description);
        self
    }

    /// Where the definition stands.
    pub const fn place(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// Bounds the whole run, waits included; the plan's worst case unless said.
    ///
    /// Must leave every provider one full attempt.
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.policy.deadline = Some(deadline);
        self.policy.given = self.policy.given.with(Clause::Deadline);
        self
    }

    /// What an error of a provider means; every error is [`Verdict::Retry`](crate::Verdict::Retry) unless said.
    pub const fn classify(mut self) -> Self {
        self.policy.classified = true;
        self
    }

    /// The work must not happen twice: an ambiguous outcome ends the run, unless `#[reconcile]` clears it up.
    pub const fn at_most_once(mut self) -> Self {
        self.policy.at_most_once = true;
        self
    }

    /// When health leaves no provider: `"try"` the unhealthy ones (unless said), or `"fail"`.
    pub const fn all_unhealthy(mut self, all_unhealthy: AllUnhealthy) -> Self {
        self.policy.all_unhealthy = all_unhealthy;
        self.policy.given = self.policy.given.with(Clause::AllUnhealthy);
        self
    }

    /// What the weights add up to; 100 unless said.
    pub const fn total(mut self, total: u32) -> Self {
        self.policy.total = total;
        self.policy.given = self.policy.given.with(Clause::Total);
        self
    }

    /// `"smooth"` keeps the weights exactly (unless said), `"random"` draws.
    pub const fn pick(mut self, pick: Pick) -> Self {
        self.policy.pick = pick;
        self.policy.given = self.policy.given.with(Clause::Pick);
        self
    }

    /// Same key, same provider, while it is available.
    pub const fn sticky(mut self) -> Self {
        self.policy.sticky = true;
        self
    }

    /// Whether another provider is tried when the chosen one fails; `true` unless said.
    pub const fn failover(mut self, failover: bool) -> Self {
        self.policy.failover = failover;
        self.policy.given = self.policy.given.with(Clause::Failover);
        self
    }

    /// Share of retries among calls, over ten seconds, with a floor of ten per second; none unless said.
    pub const fn retry_budget(mut self, retry_budget: RetryBudget) -> Self {
        self.policy.retry_budget = Some(retry_budget);
        self.policy.given = self.policy.given.with(Clause::RetryBudget);
        self
    }

    /// Starts the next provider beside those that have not answered after this time; off unless said.
    ///
    /// The first success wins. Hedges count as retries in the plan's budget, which is 10% unless said.
    pub const fn hedge(mut self, delay: Duration) -> Self {
        self.policy.hedge = Some(delay);
        self.policy.given = self.policy.given.with(Clause::Hedge);
        self
    }

    /// Fresh values of earlier runs are served without a call, old ones when the providers fail; off unless said.
    ///
    /// Callers that ask for one key at once share one run.
    pub const fn cache(mut self, cache: Cache) -> Self {
        self.policy.cache = Some(cache);
        self.policy.given = self.policy.given.with(Clause::Cache);
        self
    }

    /// The plan has a `#[degrade]` block, with this timeout.
    pub const fn degrade(mut self, timeout: Duration) -> Self {
        self.policy.degrade = Some(timeout);
        self.policy.given = self.policy.given.with(Clause::Degrade);
        self
    }

    /// The definition.
    pub const fn build(self) -> Plan {
        let Self { kind, tag, name, description, place, providers, mut policy } = self;
        if policy.hedge.is_some() && policy.retry_budget.is_none() {
            policy.retry_budget = Some(RetryBudget::HEDGED);
        }
        Plan {
            kind,
            tag: Name::from_static(tag),
            name: named(name),
            description: named(description),
            place,
            providers: Cow::Borrowed(providers),
            policy,
        }
    }
}

/// The clauses of a provider, as const builder methods.
impl ProviderClauses {
    /// A provider without policies but a timeout of ten seconds.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            description: None,
            policy: ProviderPolicy {
                weight: None,
                retries: 0,
                backoff: Backoff::new(),
                timeout: DEFAULT_TIMEOUT,
                healthcheck: None,
                conditional: false,
                breaker: None,
                bulkhead: None,
                rate_limit: None,
                dependency: None,
                reconcile: None,
                cost: 0.0,
                off: Off::NOTHING,
                given: Given::NOTHING,
                required: false,
                at_most_once: false,
                timed_out: None,
                undoes: None,
            },
        }
    }

    /// A description for people: the block's doc comment.
    pub const fn description(mut self, description: &'static str) -> Self {
        self.description = Some(description);
        self
    }

    /// Share of a quota's traffic, up to 64 000; 0 is a drained provider.
    pub const fn weight(mut self, weight: u32) -> Self {
        self.policy.weight = Some(weight);
        self.policy.given = self.policy.given.with(Clause::Weight);
        self
    }

    /// Tries after the first, up to 100 000; 0 unless said.
    pub const fn retries(mut self, retries: u32) -> Self {
        self.policy.retries = retries;
        self.policy.given = self.policy.given.with(Clause::Retries);
        self
    }

    /// Waits between tries: from 100 ms, doubling, up to 10 s, with full jitter, unless said.
    pub const fn backoff(mut self, backoff: Backoff) -> Self {
        self.policy.backoff = backoff;
        self.policy.given = self.policy.given.with(Clause::Backoff);
        self
    }

    /// Bounds one attempt, from 1 µs to 24 h; 10 s unless said.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.policy.timeout = timeout;
        self.policy.given = self.policy.given.with(Clause::Timeout);
        self
    }

    /// Skips the provider while this healthcheck says that it is unhealthy.
    pub const fn healthcheck<T>(mut self, healthcheck: &'static Healthcheck<T>) -> Self {
        self.policy.healthcheck = Some(healthcheck.definition());
        self.policy.given = self.policy.given.with(Clause::Healthcheck);
        self
    }

    /// The provider takes part in a run only if this holds.
    pub const fn when(mut self) -> Self {
        self.policy.conditional = true;
        self
    }

    /// Stop calling a provider that fails: after 5 failures in a row, for 60 s, unless said.
    pub const fn breaker(mut self, breaker: Breaker) -> Self {
        self.policy.breaker = Some(breaker);
        self.policy.given = self.policy.given.with(Clause::Breaker);
        self
    }

    /// At most so many attempts at once; no limit unless said.
    pub const fn bulkhead(mut self, bulkhead: Bulkhead) -> Self {
        self.policy.bulkhead = Some(bulkhead);
        self.policy.given = self.policy.given.with(Clause::Bulkhead);
        self
    }

    /// At most so many attempts per time, such as `"100/s"`; no limit unless said.
    pub const fn rate_limit(mut self, rate_limit: RateLimit) -> Self {
        self.policy.rate_limit = Some(rate_limit);
        self.policy.given = self.policy.given.with(Clause::RateLimit);
        self
    }

    /// Shares what the dependency has with every plan that names it.
    pub const fn dependency(mut self, dependency: &'static Dependency) -> Self {
        self.policy.dependency = Some(dependency);
        self.policy.given = self.policy.given.with(Clause::Dependency);
        self
    }

    /// After an ambiguous attempt, and this wait, a `#[reconcile]` block is asked whether it took effect.
    pub const fn reconcile(mut self, after: Duration) -> Self {
        self.policy.reconcile = Some(Reconcile { after });
        self.policy.given = self.policy.given.with(Clause::Reconcile);
        self
    }

    /// What a call costs, in a unit of yours; summed in the statistics; 0 unless said.
    pub const fn cost(mut self, cost: f64) -> Self {
        self.policy.cost = cost;
        self.policy.given = self.policy.given.with(Clause::Cost);
        self
    }

    /// The clauses that follow are those of its plan, for all providers that have none of their own.
    pub const fn inherits(mut self) -> Self {
        self.policy.given = self.policy.given.inheriting();
        self
    }

    /// The function ends when this step or part fails.
    pub const fn required(mut self) -> Self {
        self.policy.required = true;
        self
    }

    /// What this step does must not happen twice: see R30.
    pub const fn at_most_once(mut self) -> Self {
        self.policy.at_most_once = true;
        self
    }

    /// What an attempt that timed out means, unless what it does must not happen twice: worth another try unless said.
    pub const fn timed_out(mut self, verdict: Verdict) -> Self {
        self.policy.timed_out = Some(verdict);
        self
    }

    /// It undoes the step at this place.
    #[expect(clippy::cast_possible_truncation, reason = "a plan has at most 64 providers")]
    pub const fn undoes(mut self, step: usize) -> Self {
        self.policy.undoes = Some(step as u8);
        self
    }

    /// What the provider needs at least of a deadline.
    pub const fn need(self) -> Need {
        Need { provider: self.name, time: self.policy.need() }
    }

    /// The definition.
    pub const fn build(self) -> Provider {
        let Self { name, description, policy } = self;
        Provider { name: Name::from_static(name), description: named(description), policy, checked_by: None }
    }
}

const fn named(text: Option<&'static str>) -> Option<Name> {
    match text {
        Some(text) => Some(Name::from_static(text)),
        None => None,
    }
}
