//! What holds for a definition as a whole, as it does while compiling.

use std::time::Duration;

use super::Origin;
use super::read::{Clause, Reader, key};
use super::tree::Entry;
use crate::Name;
use crate::plan::{Plan, PlanKind, Provider};
use crate::text::Span;

impl Reader {
    /// Asks every rule; those about values of which one could not be read are left alone.
    pub(super) fn whole(&mut self, plan: &Plan) {
        if !self.is_faulty(&["weight", "total"]) {
            self.weights(plan);
        }
        self.hedge_of(plan);
        let nothing_retries = plan.providers().iter().all(|provider| provider.retries() == 0);
        for provider in plan.all() {
            self.by_itself(provider, nothing_retries);
        }
        if !self.is_faulty(&["deadline", "timeout", "wait", "after"]) {
            self.deadline(plan);
        }
    }

    /// Asks the rules about one provider.
    fn by_itself(&mut self, provider: &Provider, nothing_retries: bool) {
        self.backoff_of(provider, nothing_retries);
        self.breaker_of(provider);
    }

    fn is_faulty(&self, keys: &[&str]) -> bool {
        let last = |path: &str| keys.iter().any(|key| path.rsplit('.').next() == Some(key));
        self.faults.iter().any(|fault| last(&fault.path))
    }

    /// The weights add up to their total, and not to nothing.
    fn weights(&mut self, plan: &Plan) {
        let weights: Vec<_> =
            plan.providers().iter().filter_map(|provider| Some((provider.name(), provider.weight()?))).collect();
        let sum: u64 = weights.iter().map(|(_, weight)| u64::from(*weight)).sum();
        let total = u64::from(plan.policy.total);
        if plan.kind() != PlanKind::Quota || weights.is_empty() || sum == total {
            return;
        }
        let path = |name: &str| format!("providers.{}.weight", key(name));
        let given = weights.iter().rfind(|(name, _)| self.origins.contains_key(&path(name)));
        let (path, value) = match given {
            Some((name, weight)) => (path(name), weight.to_string()),
            None => ("total".to_owned(), total.to_string()),
        };
        let all = weights.iter().map(|(name, weight)| format!("`{name}` {weight}")).collect::<Vec<_>>().join(", ");
        let help = format!("give weights that add up to {total}, or `total = {sum}` as well");
        let (rule, help) = if sum == 0 {
            let help = format!("give weights that add up to {total}; 0 is a drained provider");
            ("all weights are 0, so that no provider gets any traffic".to_owned(), help)
        } else {
            (format!("the weights add up to {sum} ({all}), but must add up to {total}"), help)
        };
        self.broken(&path, value, rule, help);
    }

    /// A hedge goes on to the next provider.
    fn hedge_of(&mut self, plan: &Plan) {
        if plan.hedge().is_some() && !plan.failover() {
            let rule = "without failover there is no next provider for a `hedge`".to_owned();
            let help = "give `{\"hedge\": {\"enabled\": false}}` as well, or leave `failover` on".to_owned();
            self.broken("failover", plan.failover().to_string(), rule, help);
        }
    }

    /// The longest wait is at least the first, and something waits: one that is for all is for those that try again.
    fn backoff_of(&mut self, provider: &Provider, nothing_retries: bool) {
        let path = |clause: &str| format!("providers.{}.backoff{clause}", key(provider.name()));
        let backoff = provider.backoff();
        if backoff.max < backoff.base {
            let (first, longest) = (Span(backoff.base), Span(backoff.max));
            let (at, value) =
                if self.origins.contains_key(&path(".max")) { (".max", longest) } else { (".base", first) };
            let rule = format!("the longest wait, {longest}, is below the first, {first}");
            self.broken(&path(at), value.to_string(), rule, "give a longer `max`, or a shorter `base`".to_owned());
        }
        let given = waits(provider);
        let in_vain =
            |path: &&String| self.origins.contains_key(*path) && (nothing_retries || !self.for_all.contains(*path));
        let given = given.iter().find(in_vain).cloned();
        // Who takes the tries away means the waits as well, unless the same patch gives these.
        let retries = tries(provider);
        let are_meant = self.origins.contains_key(&retries) && !self.contradicted.contains(&retries);
        if let (0, Some(path), false) = (provider.retries(), given, are_meant) {
            let rule = "`backoff` waits between tries, but nothing is tried again here".to_owned();
            self.broken(&path, String::new(), rule, "give `retries` as well, or leave `backoff` out".to_owned());
        }
    }

    /// Finds the providers whose tries a patch takes away, and gives waits to.
    pub(super) fn waits_for_nothing(&mut self, code: &Plan, patch: &[Entry]) {
        let (mut plan, mut alone) = (code.clone(), Self::new(&code.tag));
        alone.plan(&mut plan, patch);
        let gives = |path: &String| alone.origins.contains_key(path);
        let in_vain = plan.all().iter().filter(|provider| provider.retries() == 0 && waits(provider).iter().any(gives));
        self.contradicted.extend(in_vain.map(tries).filter(gives));
    }

    /// Of clauses for a provider that there is not: what would be wrong with them for every one that there is.
    pub(super) fn whoever_is_meant(&mut self, named: &Clause<'_>, plan: &Plan) {
        let faults = plan.all().iter().map(|provider| {
            let mut provider = Provider { name: Name::from(named.key().to_owned()), ..provider.clone() };
            let (mut before, mut alone) = (Self::new(&plan.tag), Self::new(&plan.tag));
            before.by_itself(&provider, true);
            alone.one_provider(named, &mut provider);
            alone.by_itself(&provider, true);
            // What comes from clauses for all is told of those that there are.
            alone.faults.retain(|fault| !before.faults.contains(fault));
            alone.faults
        });
        let common = faults.reduce(|mut common, others| {
            common.retain(|fault| others.contains(fault));
            common
        });
        self.faults.extend(common.unwrap_or_default());
    }

    fn breaker_of(&mut self, provider: &Provider) {
        let Some(breaker) = provider.policy.breaker else { return };
        let path = format!("providers.{}.breaker", key(provider.name()));
        // What is wrong with a value is said of it already.
        if self.faults.iter().any(|fault| fault.path.contains("breaker")) {
            return;
        }
        for rule in breaker.faults().into_iter().flatten() {
            self.broken(&path, String::new(), rule.to_owned(), "give another value".to_owned());
        }
    }

    /// The deadline leaves every provider a full attempt.
    fn deadline(&mut self, plan: &Plan) {
        let Some(deadline) = plan.deadline() else { return };
        // That of a workflow or a partial bounds what stands side by side, in branches, and in loops: no sum is known.
        if plan.has_steps() {
            return plan.providers().iter().for_each(|step| self.step(step, deadline));
        }
        let needs = plan.providers().iter().map(|provider| (provider.name(), provider.need()));
        let needs = needs.chain(plan.degrade().map(|timeout| ("degrade", timeout)));
        let (mut sum, mut starved) = (Duration::ZERO, None);
        for (name, need) in needs {
            sum = sum.saturating_add(need);
            if sum > deadline {
                starved = starved.or(Some(name));
            }
        }
        if let Some(name) = starved {
            let rule = format!(
                "the providers need {}, but the deadline is {}: `{name}` can never be reached for a full attempt",
                Span(sum),
                Span(deadline),
            );
            let help = format!("give a deadline of `\"{}\"` or more, or shorter timeouts and waits", Span(sum));
            self.broken("deadline", Span(deadline).to_string(), rule, help);
        }
    }

    /// The deadline leaves a step time for a full try, and for another one where there are retries; a timeout that nobody
    /// gave is only a bound.
    fn step(&mut self, step: &Provider, deadline: Duration) {
        let (name, timeout) = (step.name(), step.timeout());
        let path = |clause: &str| format!("providers.{}.{clause}", key(name));
        let changes = |path: &str| self.origins.contains_key(path);
        let of_step = changes(&path("timeout"));
        // What a definition says itself is not the patch's to mend.
        if !(of_step || changes("deadline") || changes(&path("retries"))) {
            return;
        }
        let is_given = of_step || step.is_timed();
        let whole = Span(deadline);
        let (rule, help) = if is_given && timeout > deadline {
            let rule = format!("a try of `{name}` may take {}, but the deadline is {whole}", Span(timeout));
            (rule, "give a shorter `timeout`, or a longer `deadline`")
        } else if is_given && timeout == deadline && step.retries() > 0 {
            let rule = format!("a try of `{name}` may take all of the deadline, {whole}, so that no other follows");
            (rule, "give a shorter `timeout`, or `\"retries\": 0`")
        } else {
            return;
        };
        let (path, value) = if of_step { (path("timeout"), Span(timeout)) } else { ("deadline".to_owned(), whole) };
        self.broken(&path, value.to_string(), rule, help.to_owned());
    }

    /// A rule about several values is broken; this is the one that it is told of.
    fn broken(&mut self, path: &str, value: String, rule: String, help: String) {
        let origin = self.origins.get(path).cloned().unwrap_or(Origin::Code);
        let value = (!value.is_empty()).then_some(value);
        self.fault_at(path, value, rule, help, origin);
    }
}

/// The path of its retries.
fn tries(provider: &Provider) -> String {
    format!("providers.{}.retries", key(provider.name()))
}

/// The paths of its backoff.
fn waits(provider: &Provider) -> [String; 4] {
    ["base", "factor", "max", "jitter"].map(|clause| format!("providers.{}.backoff.{clause}", key(provider.name())))
}
