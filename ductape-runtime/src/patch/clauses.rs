//! From a tree to a definition: each clause that can change while a plan is in force.

use super::read::{Clause, Reader, key};
use super::tree::Entry;
use crate::engine::RetryBudget;
use crate::plan::range::{LARGEST_COUNT, LARGEST_TOTAL, LARGEST_WEIGHT, LONGEST_AGE, MOST_RETRIES};
use crate::plan::{AllUnhealthy, Pick, Plan, PlanKind, Policy, Provider, ProviderPolicy};

const OF_PLAN: [&str; 10] = [
    "providers",
    "deadline",
    "all_unhealthy",
    "total",
    "pick",
    "failover",
    "retry_budget",
    "hedge",
    "cache",
    "degrade",
];
const OF_QUOTA: [&str; 3] = ["total", "pick", "failover"];
const OF_EVERY_PROVIDER: [&str; 7] =
    ["retries", "backoff", "timeout", "breaker", "bulkhead", "rate_limit", "healthcheck"];
const OF_ONE_PROVIDER: [&str; 3] = ["weight", "cost", "reconcile"];

/// In the place of a plan's clause: what is given for every plan of the runtime. No clause is called that.
pub(crate) const WHOLE_RUNTIME: &str = "*";

/// What is part of the program, and why no patch changes it.
const OF_CODE: [(&str, &str); 11] = [
    ("tag", "it names the plan"),
    ("app", "it names the provider"),
    ("name", "it is for people"),
    ("description", "it is for people"),
    ("when", "it is an expression"),
    ("sticky", "it is an expression"),
    ("key", "it is an expression"),
    ("classify", "it is a function"),
    ("error", "it is a type"),
    ("dependency", "it is a static"),
    ("at_most_once", "the blocks are written for it"),
];

/// Whom a provider's clause is for.
pub(super) struct Whom<'p> {
    pub(super) providers: Vec<&'p mut Provider>,
    /// It is given for the plan: those that cannot have it are passed over.
    pub(super) all: bool,
}

impl Reader {
    /// Takes a tree over into a definition, as far as it is sound.
    pub(super) fn plan(&mut self, plan: &mut Plan, entries: &[Entry]) {
        // What is for all providers comes first, so that each can be given its own.
        let (providers, clauses): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| entry.key == "providers");
        for entry in clauses {
            let clause = Clause::of_plan(entry);
            if clause.key() == WHOLE_RUNTIME {
                self.switches(&clause, plan);
            } else if OF_EVERY_PROVIDER.contains(&clause.key()) {
                // An undo has policies of its own alone.
                let providers = plan.providers.to_mut().iter_mut().filter(|provider| provider.policy.undoes.is_none());
                let whom = Whom { providers: providers.collect(), all: true };
                self.provider(&clause, whom);
            } else {
                self.of_plan(&clause, plan);
            }
        }
        for entry in providers {
            self.providers(&Clause::of_plan(entry), plan);
        }
    }

    /// Switches for every plan of the runtime: they hold for policies that come later, too, and do no harm where there
    /// are none.
    fn switches(&mut self, clause: &Clause<'_>, plan: &mut Plan) {
        for named in self.inner(clause, "`{\"breaker\": {\"enabled\": false}}`") {
            let Some(policy) = Policy::ALL.into_iter().find(|policy| policy.as_str() == named.key()) else {
                self.unknown(&named, "policy", &Policy::ALL.map(Policy::as_str));
                continue;
            };
            for switch in self.inner(&named, "`{\"enabled\": false}`") {
                if switch.key() != "enabled" {
                    let rule = format!("for all plans there is only `enabled`, not `{}`", switch.key());
                    self.fault(&switch, rule, "give it to each plan by itself");
                } else if let Some(on) = self.flag(&switch) {
                    let path = format!("{policy}.enabled");
                    plan.policy.off.switch(policy, on);
                    self.origins.insert(path.clone(), switch.entry.origin.clone());
                    for provider in plan.providers.to_mut() {
                        provider.policy.off.switch(policy, on);
                        let path = format!("providers.{}.{path}", key(provider.name()));
                        self.origins.insert(path, switch.entry.origin.clone());
                    }
                }
            }
        }
    }

    fn providers(&mut self, clause: &Clause<'_>, plan: &mut Plan) {
        for entry in self.table(clause, "`{\"providers\": {\"name\": {…}}}`") {
            let named = clause.inner(entry);
            let Some(index) = plan.providers.iter().position(|known| known.name == named.key()) else {
                let known: Vec<_> = plan.providers.iter().map(Provider::name).collect();
                self.unknown(&named, "provider", &known);
                self.whoever_is_meant(&named, plan);
                continue;
            };
            self.one_provider(&named, &mut plan.providers.to_mut()[index]);
        }
    }

    pub(super) fn one_provider(&mut self, named: &Clause<'_>, provider: &mut Provider) {
        for entry in self.table(named, "the provider's clauses: `{\"retries\": 2}`") {
            let whom = Whom { providers: vec![&mut *provider], all: false };
            self.provider(&named.of_provider(entry), whom);
        }
    }

    fn of_plan(&mut self, clause: &Clause<'_>, plan: &mut Plan) {
        let policy = &mut plan.policy;
        match clause.key() {
            quota if OF_QUOTA.contains(&quota) && plan.kind != PlanKind::Quota => {
                let rule = format_args!("`{quota}` belongs to a quota, and this is a {}", plan.kind).to_string();
                return self.fault(clause, rule, "leave it out");
            }
            "deadline" => policy.deadline = self.duration(clause).or(policy.deadline),
            "all_unhealthy" => {
                let words = [AllUnhealthy::Try, AllUnhealthy::Fail];
                policy.all_unhealthy = self.word(clause, &words).unwrap_or(policy.all_unhealthy);
            }
            "total" => policy.total = self.count(clause, 1..=LARGEST_TOTAL).unwrap_or(policy.total),
            "pick" => policy.pick = self.word(clause, &[Pick::Smooth, Pick::Random]).unwrap_or(policy.pick),
            "failover" => policy.failover = self.flag(clause).unwrap_or(policy.failover),
            "retry_budget" => return self.retry_budget(clause, plan),
            "hedge" => return self.hedge(clause, plan),
            "cache" => return self.cache(clause, plan),
            "degrade" => return self.degrade(clause, plan),
            _ => return self.misplaced(clause, &[&OF_PLAN[..], &OF_EVERY_PROVIDER].concat()),
        }
        self.took(clause);
    }

    fn retry_budget(&mut self, clause: &Clause<'_>, plan: &mut Plan) {
        let policy = &mut plan.policy;
        for clause in self.inner(clause, "`\"20%\"`") {
            match clause.key() {
                "share" => {
                    policy.retry_budget = self.percent(&clause).map(RetryBudget::new).or(policy.retry_budget);
                }
                "enabled" => {
                    let is_there = policy.retry_budget.is_some();
                    if let Some(on) = self.enabled(&clause, Policy::RetryBudget, is_there) {
                        policy.off.switch(Policy::RetryBudget, on);
                    }
                }
                _ => self.misplaced(&clause, &["share", "enabled"]),
            }
            self.took(&clause);
        }
    }

    fn hedge(&mut self, clause: &Clause<'_>, plan: &mut Plan) {
        let policy = &mut plan.policy;
        if policy.hedge.is_none() && !clause.is_null() {
            let help = "write `hedge = \"200ms\"` in the attribute: it writes another loop then";
            return self.fault(clause, "the plan has no `hedge`", help);
        }
        for clause in self.inner(clause, "`\"200ms\"`") {
            match clause.key() {
                "delay" => policy.hedge = self.duration(&clause).or(policy.hedge),
                "enabled" => {
                    if let Some(on) = self.enabled(&clause, Policy::Hedge, true) {
                        policy.off.switch(Policy::Hedge, on);
                    }
                }
                _ => self.misplaced(&clause, &["delay", "enabled"]),
            }
            self.took(&clause);
        }
    }

    fn cache(&mut self, clause: &Clause<'_>, plan: &mut Plan) {
        let Some(mut cache) = plan.policy.cache else {
            if !clause.is_null() {
                self.fault(
                    clause,
                    "the plan has no `cache`",
                    "write `cache(…)` in the attribute: its key is an expression",
                );
            }
            return;
        };
        for clause in self.inner(clause, "`{\"ttl\": \"60s\"}`") {
            match clause.key() {
                "ttl" => cache.ttl = self.duration_to(&clause, LONGEST_AGE).unwrap_or(cache.ttl),
                "stale" => cache.stale = self.duration_to(&clause, LONGEST_AGE).unwrap_or(cache.stale),
                "capacity" => cache.capacity = self.count(&clause, 1..=LARGEST_COUNT).unwrap_or(cache.capacity),
                "enabled" => {
                    if let Some(on) = self.enabled(&clause, Policy::Cache, true) {
                        plan.policy.off.switch(Policy::Cache, on);
                    }
                }
                _ => self.misplaced(&clause, &["ttl", "stale", "capacity", "enabled"]),
            }
            self.took(&clause);
        }
        plan.policy.cache = Some(cache);
    }

    fn degrade(&mut self, clause: &Clause<'_>, plan: &mut Plan) {
        if plan.policy.degrade.is_none() && !clause.is_null() {
            return self.fault(clause, "the plan has no `#[degrade]` block", "leave it out");
        }
        for clause in self.inner(clause, "`{\"timeout\": \"1s\"}`") {
            match clause.key() {
                "timeout" => plan.policy.degrade = self.duration(&clause).or(plan.policy.degrade),
                _ => self.misplaced(&clause, &["timeout"]),
            }
            self.took(&clause);
        }
    }

    fn provider(&mut self, clause: &Clause<'_>, mut whom: Whom<'_>) {
        match clause.key() {
            "weight" => {
                if let Some(weight) = self.count(clause, 0..=LARGEST_WEIGHT) {
                    if whom.providers.iter().any(|provider| provider.policy.weight.is_none()) {
                        let rule = "`weight` belongs to the `#[provider]`s of a quota, and this is none";
                        return self.fault(clause, rule, "leave it out");
                    }
                    whom.each(|policy| policy.weight = Some(weight));
                }
            }
            "retries" => {
                if let Some(retries) = self.count(clause, 0..=MOST_RETRIES) {
                    whom.each(|policy| policy.retries = retries);
                }
            }
            "timeout" => {
                if let Some(timeout) = self.duration(clause) {
                    whom.each(|policy| policy.timeout = timeout);
                }
            }
            "cost" => {
                if let Some(cost) = self.number(clause, 0.0..=f64::MAX) {
                    whom.each(|policy| policy.cost = cost);
                }
            }
            "backoff" => return self.backoff(clause, &mut whom),
            "breaker" => return self.breaker(clause, &mut whom),
            "bulkhead" => return self.bulkhead(clause, &mut whom),
            "rate_limit" => return self.rate_limit(clause, &mut whom),
            "healthcheck" => return self.healthcheck(clause, &mut whom),
            "reconcile" => return self.reconcile(clause, &mut whom),
            _ => return self.misplaced(clause, &[&OF_EVERY_PROVIDER[..], &OF_ONE_PROVIDER].concat()),
        }
        self.took_by(clause, &whom);
    }

    pub(super) fn inner<'a>(&mut self, clause: &Clause<'a>, example: &str) -> Vec<Clause<'a>> {
        self.table(clause, example).iter().map(|entry| clause.inner(entry)).collect()
    }

    pub(super) fn enabled(&mut self, clause: &Clause<'_>, policy: Policy, is_there: bool) -> Option<bool> {
        let on = self.flag(clause)?;
        if is_there {
            return Some(on);
        }
        let rule = format!("there is no `{policy}` that could be switched");
        self.fault(clause, rule, "leave it out");
        None
    }

    /// A clause that cannot stand here.
    pub(super) fn misplaced(&mut self, clause: &Clause<'_>, known: &[&str]) {
        let name = clause.key();
        if let Some((_, why)) = OF_CODE.iter().find(|(of_code, _)| *of_code == name) {
            let rule = format!("`{name}` is part of the code: {why}");
            return self.fault(clause, rule, "change it in the attribute");
        }
        if OF_ONE_PROVIDER.contains(&name) {
            let rule = format!("`{name}` belongs to a provider");
            return self.fault(clause, rule, format_args!("give it as `providers.<name>.{name}`"));
        }
        if OF_PLAN.contains(&name) && name != "providers" {
            let rule = format!("`{name}` belongs to the plan");
            return self.fault(clause, rule, format_args!("give it as `{name}`"));
        }
        self.unknown(clause, "clause", known);
    }

    /// A value of the plan comes from this clause.
    fn took(&mut self, clause: &Clause<'_>) {
        if !clause.is_null() {
            self.origins.insert(clause.rest.clone(), clause.entry.origin.clone());
        }
    }

    /// A value of these providers comes from this clause.
    pub(super) fn took_by(&mut self, clause: &Clause<'_>, whom: &Whom<'_>) {
        for provider in whom.providers.iter().filter(|_| !clause.is_null()) {
            let path = format!("providers.{}.{}", key(provider.name()), clause.rest);
            if whom.all {
                self.for_all.insert(path.clone());
            } else {
                self.for_all.remove(&path);
            }
            self.origins.insert(path, clause.entry.origin.clone());
        }
    }
}

impl Whom<'_> {
    pub(super) fn each(&mut self, mut change: impl FnMut(&mut ProviderPolicy)) {
        self.providers.iter_mut().for_each(|provider| change(&mut provider.policy));
    }
}
