use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use super::Origin;
use super::read::{Origins, key};
use crate::engine::{Trip, TripRate};
use crate::plan::{Plan, PlanKind, Policy, Provider};
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
    let mut list = List { settings: Vec::new(), origins, prefix: String::new() };
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
}

impl List<'_> {
    fn add(&mut self, path: &str, value: impl Display) {
        let path = format!("{}{path}", self.prefix);
        let origin = self.origins.get(&path).cloned().unwrap_or(Origin::Code);
        self.settings.push(Setting { path, value: value.to_string(), origin });
    }

    fn switch(&mut self, policy: Policy, off: bool) {
        self.add(&format!("{policy}.enabled"), !off);
    }

    fn plan(&mut self, plan: &Plan) {
        let policy = &plan.policy;
        if let Some(deadline) = policy.deadline {
            self.add("deadline", Span(deadline));
        }
        self.add("all_unhealthy", policy.all_unhealthy);
        if plan.kind == PlanKind::Quota {
            self.add("total", policy.total);
            self.add("pick", policy.pick);
            self.add("failover", policy.failover);
        }
        if let Some(budget) = policy.retry_budget {
            self.add("retry_budget.share", budget.share);
            self.switch(Policy::RetryBudget, policy.off.has(Policy::RetryBudget));
        }
        if let Some(delay) = policy.hedge {
            self.add("hedge.delay", Span(delay));
            self.switch(Policy::Hedge, policy.off.has(Policy::Hedge));
        }
        if let Some(cache) = policy.cache {
            self.add("cache.ttl", Span(cache.ttl));
            self.add("cache.stale", Span(cache.stale));
            self.add("cache.capacity", cache.capacity);
            self.switch(Policy::Cache, policy.off.has(Policy::Cache));
        }
        if let Some(timeout) = policy.degrade {
            self.add("degrade.timeout", Span(timeout));
        }
        for provider in plan.providers() {
            self.prefix = format!("providers.{}.", key(provider.name()));
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
            self.add("weight", weight);
        }
        self.add("retries", policy.retries);
        self.add("backoff.base", Span(policy.backoff.base));
        self.add("backoff.factor", policy.backoff.factor);
        self.add("backoff.max", Span(policy.backoff.max));
        self.add("backoff.jitter", policy.backoff.jitter);
        self.add("timeout", Span(policy.timeout));
        if let Some(reconcile) = policy.reconcile {
            self.add("reconcile.after", Span(reconcile.after));
        }
        self.add("cost", policy.cost);
        if on.healthcheck().is_some() {
            self.switch(Policy::Healthcheck, policy.off.has(Policy::Healthcheck));
        }
        if let Some(breaker) = on.breaker() {
            match breaker.trip() {
                Trip::InARow { failures } => self.add("breaker.failures", failures),
                Trip::Rate(TripRate { failure_rate, window, min_calls, slow_call }) => {
                    self.add("breaker.failure_rate", failure_rate);
                    self.add("breaker.window", Span(window));
                    self.add("breaker.min_calls", min_calls);
                    if let Some(slow_call) = slow_call {
                        self.add("breaker.slow_call", Span(slow_call));
                    }
                }
            }
            self.add("breaker.cooldown", Span(breaker.first_cooldown()));
            self.add("breaker.probes", breaker.most_probes());
            self.add("breaker.shadow", breaker.is_shadow());
            self.switch(Policy::Breaker, policy.off.has(Policy::Breaker));
        }
        if let Some(bulkhead) = on.bulkhead() {
            self.add("bulkhead.max", bulkhead.max);
            self.add("bulkhead.wait", Span(bulkhead.wait));
            self.add("bulkhead.shadow", bulkhead.shadow);
            self.switch(Policy::Bulkhead, policy.off.has(Policy::Bulkhead));
        }
        if let Some(limit) = on.rate_limit() {
            self.add("rate_limit.rate", limit.rate);
            self.add("rate_limit.burst", limit.capacity());
            self.add("rate_limit.wait", Span(limit.wait));
            self.add("rate_limit.shadow", limit.shadow);
            self.switch(Policy::RateLimit, policy.off.has(Policy::RateLimit));
        }
    }
}
