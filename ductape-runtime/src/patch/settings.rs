use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use super::Origin;
use super::read::{Origins, key};
use crate::engine::{Trip, TripRate};
use crate::plan::{Clause, Given, Plan, PlanKind, Policy, Provider};
use crate::text::Span;

/// A value of a plan's definition that is in force, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Setting {
    /// Where a patch would give it: `providers.twilio.weight`.
    pub path: String,
    /// It, in the clauses' own notation.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// A value that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Changed {
    /// Where it is: `providers.twilio.weight`.
    pub path: String,
    /// What it was; `None` where there was none.
    pub from: Option<String>,
    /// What it is now; `None` where there is none any more.
    pub to: Option<String>,
}

impl Display for Setting {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {} ({})", self.path, self.value, self.origin)
    }
}

impl Display for Changed {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
        write!(f, "{}: {} → {}", self.path, shown(&self.from), shown(&self.to))
    }
}

/// Every value of a definition that a patch can change, and that is there.
pub(crate) fn settings(plan: &Plan, origins: &Origins) -> Vec<Setting> {
    let mut list = List { settings: Vec::new(), origins, prefix: String::new(), given: Given::NOTHING };
    list.plan(plan);
    list.settings
}

/// What has changed from one definition to another.
pub(crate) fn changes(from: &Plan, to: &Plan) -> Vec<Changed> {
    let origins = Origins::new();
    let (from, to) = (settings(from, &origins), settings(to, &origins));
    let value = |list: &[Setting], path: &str| {
        list.iter().find(|setting| setting.path == path).map(|setting| setting.value.clone())
    };
    let gone = from.iter().filter(|setting| value(&to, &setting.path).is_none());
    let mut changes: Vec<_> = to
        .iter()
        .chain(gone)
        .map(|setting| &setting.path)
        .map(|path| Changed { path: path.clone(), from: value(&from, path), to: value(&to, path) })
        .collect();
    changes.retain(|change| change.from != change.to);
    changes
}

struct List<'a> {
    settings: Vec<Setting>,
    origins: &'a Origins,
    prefix: String,
    given: Given,
}

impl List<'_> {
    fn add(&mut self, clause: Clause, path: &str, value: impl Display) {
        let path = format!("{}{path}", self.prefix);
        let origin = self.origins.get(&path).cloned().unwrap_or(match self.given {
            given if given.has(clause) => Origin::Code,
            given if given.inherits(clause) => Origin::PlanDefault,
            _ => Origin::Default,
        });
        self.settings.push(Setting { path, value: value.to_string(), origin });
    }

    fn switch(&mut self, clause: Clause, policy: Policy, off: bool) {
        self.add(clause, &format!("{policy}.enabled"), !off);
    }

    fn plan(&mut self, plan: &Plan) {
        let policy = &plan.policy;
        self.given = policy.given;
        if let Some(deadline) = policy.deadline {
            self.add(Clause::Deadline, "deadline", Span(deadline));
        }
        self.add(Clause::AllUnhealthy, "all_unhealthy", policy.all_unhealthy);
        if plan.kind == PlanKind::Quota {
            self.add(Clause::Total, "total", policy.total);
            self.add(Clause::Pick, "pick", policy.pick);
            self.add(Clause::Failover, "failover", policy.failover);
        }
        if let Some(budget) = policy.retry_budget {
            self.add(Clause::RetryBudget, "retry_budget.share", budget.share);
            self.switch(Clause::RetryBudget, Policy::RetryBudget, policy.off.has(Policy::RetryBudget));
        }
        if let Some(delay) = policy.hedge {
            self.add(Clause::Hedge, "hedge.delay", Span(delay));
            self.switch(Clause::Hedge, Policy::Hedge, policy.off.has(Policy::Hedge));
        }
        if let Some(cache) = policy.cache {
            self.add(Clause::Cache, "cache.ttl", Span(cache.ttl));
            self.add(Clause::Cache, "cache.stale", Span(cache.stale));
            self.add(Clause::Cache, "cache.capacity", cache.capacity);
            self.switch(Clause::Cache, Policy::Cache, policy.off.has(Policy::Cache));
        }
        if let Some(timeout) = policy.degrade {
            self.add(Clause::Degrade, "degrade.timeout", Span(timeout));
        }
        for provider in plan.all() {
            self.prefix = format!("providers.{}.", key(provider.name()));
            self.given = provider.policy.given;
            self.provider(provider);
        }
    }

    fn provider(&mut self, provider: &Provider) {
        let policy = &provider.policy;
        // A policy that is off is shown as well: then it is known what comes when it is switched on.
        let on = {
            let mut policy = *policy;
            policy.off = crate::plan::Off::NOTHING;
            policy
        };
        if let Some(weight) = policy.weight {
            self.add(Clause::Weight, "weight", weight);
        }
        self.add(Clause::Retries, "retries", policy.retries);
        self.add(Clause::Backoff, "backoff.base", Span(policy.backoff.base));
        self.add(Clause::Backoff, "backoff.factor", policy.backoff.factor);
        self.add(Clause::Backoff, "backoff.max", Span(policy.backoff.max));
        self.add(Clause::Backoff, "backoff.jitter", policy.backoff.jitter);
        self.add(Clause::Timeout, "timeout", Span(policy.timeout));
        if let Some(reconcile) = policy.reconcile {
            self.add(Clause::Reconcile, "reconcile.after", Span(reconcile.after));
        }
        self.add(Clause::Cost, "cost", policy.cost);
        let dependency = policy.dependency;
        let by = |clause, shared| if shared { Clause::Dependency } else { clause };
        let healthcheck_by = by(Clause::Healthcheck, dependency.is_some_and(|shared| shared.healthcheck.is_some()));
        let breaker_by = by(Clause::Breaker, dependency.is_some_and(|shared| shared.breaker.is_some()));
        let bulkhead_by = by(Clause::Bulkhead, dependency.is_some_and(|shared| shared.bulkhead.is_some()));
        let rate_limit_by = by(Clause::RateLimit, dependency.is_some_and(|shared| shared.rate_limit.is_some()));
        if on.healthcheck().is_some() {
            self.switch(healthcheck_by, Policy::Healthcheck, policy.off.has(Policy::Healthcheck));
        }
        if let Some(breaker) = on.breaker() {
            match breaker.trip() {
                Trip::InARow { failures } => self.add(breaker_by, "breaker.failures", failures),
                Trip::Rate(TripRate { failure_rate, window, min_calls, slow_call }) => {
                    self.add(breaker_by, "breaker.failure_rate", failure_rate);
                    self.add(breaker_by, "breaker.window", Span(window));
                    self.add(breaker_by, "breaker.min_calls", min_calls);
                    if let Some(slow_call) = slow_call {
                        self.add(breaker_by, "breaker.slow_call", Span(slow_call));
                    }
                }
            }
            self.add(breaker_by, "breaker.cooldown", Span(breaker.first_cooldown()));
            self.add(breaker_by, "breaker.probes", breaker.most_probes());
            self.add(breaker_by, "breaker.shadow", breaker.is_shadow());
            self.switch(breaker_by, Policy::Breaker, policy.off.has(Policy::Breaker));
        }
        if let Some(bulkhead) = on.bulkhead() {
            self.add(bulkhead_by, "bulkhead.max", bulkhead.max);
            self.add(bulkhead_by, "bulkhead.wait", Span(bulkhead.wait));
            self.add(bulkhead_by, "bulkhead.shadow", bulkhead.shadow);
            self.switch(bulkhead_by, Policy::Bulkhead, policy.off.has(Policy::Bulkhead));
        }
        if let Some(limit) = on.rate_limit() {
            self.add(rate_limit_by, "rate_limit.rate", limit.rate);
            self.add(rate_limit_by, "rate_limit.burst", limit.capacity());
            self.add(rate_limit_by, "rate_limit.wait", Span(limit.wait));
            self.add(rate_limit_by, "rate_limit.shadow", limit.shadow);
            self.switch(rate_limit_by, Policy::RateLimit, policy.off.has(Policy::RateLimit));
        }
    }
}
