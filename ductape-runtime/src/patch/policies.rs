//! The clauses of policies that providers have.

use super::clauses::Whom;
use super::read::{Clause, Reader};
use super::tree::OF_RATE;
use crate::engine::{Breaker, Bulkhead, Rate, RateLimit};
use crate::plan::range::{LARGEST_COUNT, LARGEST_FACTOR};
use crate::plan::{Dependency, Jitter, Policy, Provider, ProviderPolicy};

impl Reader {
    pub(super) fn backoff(&mut self, clause: &Clause<'_>, whom: &mut Whom<'_>) {
        for clause in self.inner(clause, "`{\"base\": \"100ms\", \"max\": \"10s\"}`") {
            match clause.key() {
                "base" => {
                    if let Some(base) = self.duration(&clause) {
                        whom.each(|policy| policy.backoff.base = base);
                    }
                }
                "factor" => {
                    if let Some(factor) = self.number(&clause, 1.0..=LARGEST_FACTOR) {
                        whom.each(|policy| policy.backoff.factor = factor);
                    }
                }
                "max" => {
                    if let Some(max) = self.duration(&clause) {
                        whom.each(|policy| policy.backoff.max = max);
                    }
                }
                "jitter" => {
                    if let Some(jitter) = self.word(&clause, &[Jitter::Full, Jitter::Equal, Jitter::None]) {
                        whom.each(|policy| policy.backoff.jitter = jitter);
                    }
                }
                _ => self.misplaced(&clause, &["base", "factor", "max", "jitter"]),
            }
            self.took_by(&clause, whom);
        }
    }

    pub(super) fn breaker(&mut self, clause: &Clause<'_>, whom: &mut Whom<'_>) {
        let shares = |dependency: &Dependency| dependency.breaker.is_some();
        let Some((clauses, mut whom)) = self.own(clause, whom, "`{\"failures\": 5}`", shares) else { return };
        let given = |keys: &[&str]| clauses.iter().find(|inner| !inner.is_null() && keys.contains(&inner.key()));
        let (in_a_row, by_rate) = (given(&["failures"]), given(&OF_RATE));
        if let (Some(failures), Some(by_rate)) = (in_a_row, by_rate) {
            let rule = format!("`failures` does not go with `{}`", by_rate.key());
            self.fault(failures, rule, "give one form: failures in a row, or a share of the calls");
        }
        let form: fn(Breaker) -> Breaker = match (in_a_row, by_rate) {
            (Some(_), None) => Breaker::in_a_row,
            (None, Some(_)) => Breaker::by_rate,
            _ => |breaker| breaker,
        };
        for clause in &clauses {
            let change: Option<Box<dyn Fn(Breaker) -> Breaker>> = match clause.key() {
                "failures" => {
                    self.count(clause, 1..=LARGEST_COUNT).map(|n| Box::new(move |b: Breaker| b.failures(n)) as _)
                }
                "cooldown" => self.duration(clause).map(|time| Box::new(move |b: Breaker| b.cooldown(time)) as _),
                "probes" => self.count(clause, 1..=LARGEST_COUNT).map(|n| Box::new(move |b: Breaker| b.probes(n)) as _),
                "failure_rate" => {
                    self.percent(clause).map(|share| Box::new(move |b: Breaker| b.failure_rate(share)) as _)
                }
                "window" => self.duration(clause).map(|time| Box::new(move |b: Breaker| b.window(time)) as _),
                "min_calls" => {
                    self.count(clause, 1..=LARGEST_COUNT).map(|n| Box::new(move |b: Breaker| b.min_calls(n)) as _)
                }
                "slow_call" => self.duration(clause).map(|time| Box::new(move |b: Breaker| b.slow_call(time)) as _),
                "shadow" => self.flag(clause).map(|shadow| Box::new(move |b: Breaker| b.shadowed(shadow)) as _),
                "enabled" => None,
                _ => {
                    let known = [&["failures", "cooldown", "probes"], &OF_RATE[..], &["shadow", "enabled"]].concat();
                    self.misplaced(clause, &known);
                    None
                }
            };
            if let Some(change) = change {
                whom.each(|policy| {
                    policy.breaker = Some(change(form(policy.breaker.unwrap_or(Breaker::new()))));
                });
            }
            self.took_by(clause, &whom);
        }
        self.switch(&clauses, &mut whom, Policy::Breaker);
    }

    pub(super) fn bulkhead(&mut self, clause: &Clause<'_>, whom: &mut Whom<'_>) {
        let shares = |dependency: &Dependency| dependency.bulkhead.is_some();
        let Some((clauses, mut whom)) = self.own(clause, whom, "`10`, or `{\"max\": 10}`", shares) else { return };
        let is_there = self.begins(clause, &clauses, &mut whom, "max", |policy| policy.bulkhead.is_some());
        // Of those that had none, `max` is among the clauses.
        let of = |policy: &ProviderPolicy| policy.bulkhead.unwrap_or(Bulkhead::new(1));
        for clause in &clauses {
            match clause.key() {
                "max" => {
                    if let Some(max) = self.count(clause, 1..=LARGEST_COUNT) {
                        whom.each(|policy| policy.bulkhead = Some(Bulkhead { max, ..of(policy) }));
                    }
                }
                "wait" => {
                    if let Some(wait) = self.duration(clause) {
                        whom.each(|policy| policy.bulkhead = Some(Bulkhead { wait, ..of(policy) }));
                    }
                }
                "shadow" => {
                    if let Some(shadow) = self.flag(clause) {
                        whom.each(|policy| policy.bulkhead = Some(Bulkhead { shadow, ..of(policy) }));
                    }
                }
                "enabled" => {}
                _ => self.misplaced(clause, &["max", "wait", "shadow", "enabled"]),
            }
            self.took_by(clause, &whom);
        }
        if is_there {
            self.switch(&clauses, &mut whom, Policy::Bulkhead);
        }
    }

    pub(super) fn rate_limit(&mut self, clause: &Clause<'_>, whom: &mut Whom<'_>) {
        let shares = |dependency: &Dependency| dependency.rate_limit.is_some();
        let Some((clauses, mut whom)) = self.own(clause, whom, "`\"100/s\"`, or `{\"rate\": \"100/s\"}`", shares)
        else {
            return;
        };
        let is_there = self.begins(clause, &clauses, &mut whom, "rate", |policy| policy.rate_limit.is_some());
        let of = |policy: &ProviderPolicy| policy.rate_limit.unwrap_or(RateLimit::new(Rate::per_second(1)));
        for clause in &clauses {
            match clause.key() {
                "rate" => {
                    if let Some(rate) = self.rate(clause) {
                        whom.each(|policy| policy.rate_limit = Some(RateLimit { rate, ..of(policy) }));
                    }
                }
                "burst" => {
                    if let Some(burst) = self.count(clause, 1..=LARGEST_COUNT) {
                        whom.each(|policy| policy.rate_limit = Some(RateLimit { burst: Some(burst), ..of(policy) }));
                    }
                }
                "wait" => {
                    if let Some(wait) = self.duration(clause) {
                        whom.each(|policy| policy.rate_limit = Some(RateLimit { wait, ..of(policy) }));
                    }
                }
                "shadow" => {
                    if let Some(shadow) = self.flag(clause) {
                        whom.each(|policy| policy.rate_limit = Some(RateLimit { shadow, ..of(policy) }));
                    }
                }
                "enabled" => {}
                _ => self.misplaced(clause, &["rate", "burst", "wait", "shadow", "enabled"]),
            }
            self.took_by(clause, &whom);
        }
        if is_there {
            self.switch(&clauses, &mut whom, Policy::RateLimit);
        }
    }

    pub(super) fn healthcheck(&mut self, clause: &Clause<'_>, whom: &mut Whom<'_>) {
        let clauses = self.inner(clause, "`{\"enabled\": false}`: which healthcheck it is, the code says");
        for clause in clauses.iter().filter(|clause| clause.key() != "enabled") {
            self.misplaced(clause, &["enabled"]);
        }
        self.switch(&clauses, whom, Policy::Healthcheck);
    }

    pub(super) fn reconcile(&mut self, clause: &Clause<'_>, whom: &mut Whom<'_>) {
        if whom.providers.iter().any(|provider| provider.policy.reconcile.is_none()) && !clause.is_null() {
            return self.fault(clause, "the provider has no `#[reconcile]` block", "leave it out");
        }
        for clause in self.inner(clause, "`{\"after\": \"500ms\"}`") {
            match clause.key() {
                "after" => {
                    if let Some(after) = self.duration(&clause) {
                        whom.each(|policy| policy.reconcile.iter_mut().for_each(|reconcile| reconcile.after = after));
                    }
                }
                _ => self.misplaced(&clause, &["after"]),
            }
            self.took_by(&clause, whom);
        }
    }

    /// The clauses of a policy, and those who have it, or can have it, as their own.
    fn own<'a, 'w>(
        &mut self,
        clause: &Clause<'a>,
        whom: &'w mut Whom<'_>,
        example: &str,
        has: fn(&Dependency) -> bool,
    ) -> Option<(Vec<Clause<'a>>, Whom<'w>)> {
        let clauses = self.inner(clause, example);
        let only_switches = clauses.iter().all(|inner| inner.key() == "enabled" || inner.is_null());
        let shared = |provider: &Provider| provider.dependency().filter(|dependency| has(dependency));
        if let (false, Some(dependency)) = (whom.all || only_switches, shared(whom.providers.first()?)) {
            let rule = format!("it is shared by all that name the dependency `{}`", dependency.name());
            self.fault(clause, rule, "change it where that is defined; only `enabled` can be given here");
            return None;
        }
        let all = whom.all;
        let mine = |provider: &&mut Provider| only_switches || shared(provider).is_none();
        let providers = whom.providers.iter_mut().map(|provider| &mut **provider).filter(mine).collect();
        Some((clauses, Whom { providers, all }))
    }

    /// Whether the policy is there, or what it takes is given. Of several providers, those remain of which that holds;
    /// where that is none, the clauses are judged all the same.
    fn begins(
        &mut self,
        clause: &Clause<'_>,
        clauses: &[Clause<'_>],
        whom: &mut Whom<'_>,
        needs: &str,
        has: fn(&ProviderPolicy) -> bool,
    ) -> bool {
        let given = clauses.iter().any(|inner| inner.key() == needs && !inner.is_null());
        let nothing = clauses.iter().all(|inner| inner.is_null() || inner.key() == "enabled");
        if given || nothing {
            return true;
        }
        whom.providers.retain(|provider| has(&provider.policy));
        if whom.providers.is_empty() {
            let name = clause.key();
            self.fault(clause, format_args!("there is no `{name}` yet, so that it needs `{needs}`"), "give it as well");
        }
        !whom.providers.is_empty()
    }

    /// Switches a policy of providers off or on.
    fn switch(&mut self, clauses: &[Clause<'_>], whom: &mut Whom<'_>, policy: Policy) {
        let Some(clause) = clauses.iter().find(|clause| clause.key() == "enabled") else { return };
        let has = |provider: &Provider| match policy {
            Policy::Breaker => provider.policy.breaker.is_some() || shared(provider, |it| it.breaker.is_some()),
            Policy::Bulkhead => provider.policy.bulkhead.is_some() || shared(provider, |it| it.bulkhead.is_some()),
            Policy::RateLimit => provider.policy.rate_limit.is_some() || shared(provider, |it| it.rate_limit.is_some()),
            _ => provider.policy.healthcheck.is_some() || shared(provider, |it| it.healthcheck.is_some()),
        };
        let any = whom.providers.iter().any(|provider| has(provider));
        if let Some(on) = self.enabled(clause, policy, any) {
            whom.providers.retain(|provider| has(provider));
            whom.each(|it| it.off.switch(policy, on));
            self.took_by(clause, whom);
        }
    }
}

fn shared(provider: &Provider, has: fn(&Dependency) -> bool) -> bool {
    provider.dependency().is_some_and(has)
}
