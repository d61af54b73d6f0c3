//! From a definition to a plan of the engine.

use std::sync::Arc;
use std::time::Duration;

use ductape_definition::{self as data, ErrorClass, EventKind, Kind, Mapping, Policies, Template};
use ductape_runtime::dynamic::{self, HealthcheckClauses, PlanClauses, ProviderClauses, Shelved};
use ductape_runtime::{self as engine, Name, Runtime, Verdict};
use serde_json::Value;

use crate::app::{Action, Actions};
use crate::error::{CallError, CatalogError};
use crate::verdicts::Verdicts;
use crate::world::World;

/// Bounds what is bounded by its own definition.
const UNBOUNDED: Duration = Duration::from_secs(24 * 60 * 60);

/// A cache, and what is kept in it.
pub(crate) type Shelf = Shelved<Value, CallError>;

/// A definition that can be run.
#[derive(Debug)]
pub(crate) struct Runnable {
    pub(crate) definition: data::Definition,
    pub(crate) plan: dynamic::Plan,
    pub(crate) steps: Box<[Step]>,
    pub(crate) sticky: Option<Template>,
    pub(crate) cache: Option<OwnCache>,
    /// Of a feature: what it yields.
    pub(crate) output: Option<Mapping>,
    pub(crate) at_most_once: bool,
}

/// The cache that a definition names, or has.
#[derive(Debug, Clone)]
pub(crate) enum OwnCache {
    Defined(String),
    Own(Arc<Shelf>),
}

/// What one provider, or one event, does.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: Name,
    pub(crate) callee: Callee,
    pub(crate) input: Option<Mapping>,
    pub(crate) output: Option<Mapping>,
    pub(crate) allow_fail: bool,
    /// What it does must not happen twice.
    pub(crate) at_most_once: bool,
    /// How long the feature takes at most that it runs, where the deadline leaves time for that.
    pub(crate) bound: Option<Duration>,
    /// What it means that it has answered, and the answer is of no use.
    pub(crate) lost: Verdict,
    pub(crate) verdicts: Verdicts,
}

#[derive(Debug)]
pub(crate) enum Callee {
    Action(Arc<Action>),
    /// A fallback, a quota or a feature, by its tag.
    Definition(String),
}

impl Runnable {
    /// Compiles a fallback, a quota or a feature; with the state of the one before.
    pub(crate) fn of(
        definition: &data::Definition,
        runtime: &Runtime,
        (actions, known): (&Actions, &data::Apps),
        world: &World,
        before: Option<&Self>,
    ) -> Result<Option<Self>, CatalogError> {
        let times = world.definitions.times(Some(known));
        let mut called = Called { world, actions, times, providers: Vec::new(), steps: Vec::new() };
        let clauses = match definition {
            data::Definition::Fallback(it) => {
                called.options(it.options.iter().zip(it.providers()), &it.policy, &it.defaults);
                of_plan(PlanClauses::fallback("", &[]), &it.policy)
            }
            data::Definition::Quota(it) => {
                called.options(it.choices().zip(it.providers()), &it.policy, &it.defaults);
                let mut clauses =
                    of_plan(PlanClauses::quota("", &[]), &it.policy).total(it.total).failover(it.failover);
                if it.pick == data::Pick::Random {
                    clauses = clauses.pick(engine::Pick::Random);
                }
                if it.sticky.is_some() { clauses.sticky() } else { clauses }
            }
            data::Definition::Feature(it) => {
                it.events.iter().for_each(|event| called.event(event));
                let clauses = PlanClauses::workflow("", &[]);
                if let Some(deadline) = it.deadline { clauses.deadline(deadline) } else { clauses }
            }
            _ => return Ok(None),
        };
        let Called { providers, steps, .. } = called;
        let at_most_once = world.at_most_once.contains(definition.tag());
        // The events of a feature are steps: each for itself.
        let clauses = if at_most_once && definition.kind() != Kind::Feature { clauses.at_most_once() } else { clauses };
        let classified = steps.iter().any(|step| {
            step.verdicts.are_listed() || matches!(&step.callee, Callee::Action(action) if action.classified)
        });
        let clauses = if classified { clauses.classify() } else { clauses };
        let cache = of_cache(definition, before);
        let (name, description) = names(definition);
        let plan = dynamic::plan(clauses, shared(definition.tag()), name, description, providers);
        let checks = |provider: &engine::Provider| -> Option<dynamic::Healthcheck> {
            Some(world.checked(provider.healthcheck()?)?.healthcheck.clone())
        };
        let plan = match before {
            Some(before) if before.definition.kind() == definition.kind() => {
                let renamed = crate::renamed::renamed(&before.definition, definition);
                let renamed: Vec<_> = renamed.iter().map(|(from, to)| (shared(from), shared(to))).collect();
                before.plan.succeeded_by(plan, &renamed, checks)?
            }
            _ => dynamic::Plan::new(runtime, plan, checks),
        };
        Ok(Some(Self {
            plan,
            steps: steps.into(),
            sticky: if let data::Definition::Quota(quota) = definition { quota.sticky.clone() } else { None },
            cache,
            output: if let data::Definition::Feature(feature) = definition { feature.output.clone() } else { None },
            at_most_once,
            definition: definition.clone(),
        }))
    }

    /// Whether a provider, or an event, has this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.steps.iter().any(|step| step.name == *name)
    }

    /// What a run must be given.
    pub(crate) fn inputs(&self) -> Option<&data::Inputs> {
        match &self.definition {
            data::Definition::Fallback(it) => Some(&it.input),
            data::Definition::Quota(it) => Some(&it.input),
            data::Definition::Feature(it) => Some(&it.input),
            _ => None,
        }
    }
}

/// The healthchecks that options of the definition name, each with the interval that the option asks for.
pub(crate) fn checked_by(definition: &data::Definition) -> impl Iterator<Item = (&str, Option<Duration>)> {
    let choices: Vec<&data::Choice> = match definition {
        data::Definition::Fallback(it) => it.options.iter().collect(),
        data::Definition::Quota(it) => it.choices().collect(),
        _ => Vec::new(),
    };
    choices.into_iter().filter_map(|choice| Some((choice.healthcheck.as_deref()?, choice.check_interval)))
}

fn shared(name: &str) -> Name {
    Name::from(name.to_owned())
}

fn names(definition: &data::Definition) -> (Option<Name>, Option<Name>) {
    let (name, description) = match definition {
        data::Definition::Fallback(it) => (&it.name, &it.description),
        data::Definition::Quota(it) => (&it.name, &it.description),
        data::Definition::Feature(it) => (&it.name, &it.description),
        _ => return (None, None),
    };
    (name.as_deref().map(shared), description.as_deref().map(shared))
}

/// What a definition calls, as providers of the engine, and as what each of them does.
struct Called<'a> {
    world: &'a World,
    actions: &'a Actions,
    times: data::Times<'a>,
    providers: Vec<engine::Provider>,
    steps: Vec<Step>,
}

impl Called<'_> {
    fn options<'d>(
        &mut self,
        options: impl Iterator<Item = (&'d data::Choice, String)>,
        policy: &data::PlanPolicy,
        defaults: &Policies,
    ) {
        for (choice, name) in options {
            let callee = callee(self.actions, choice.app.as_deref(), &choice.event);
            let policies = choice.policies.or(defaults);
            let at_most_once = self.world.runs_once(&callee);
            let (input, output) = (choice.input.clone(), choice.output.clone());
            let verdicts = Verdicts::of(&policies, at_most_once);
            let name = Name::from(name);
            let lost = lost(at_most_once || policy.at_most_once);
            // As it was judged: the engine leaves time for all of it.
            let bound = match (&callee, policies.timeout, policy.deadline) {
                (Callee::Definition(tag), None, Some(_)) => Some(self.times.longest_run(Kind::Feature, tag)),
                _ => None,
            };
            let allow_fail = false;
            let step = Step { name, callee, input, output, allow_fail, at_most_once, bound, lost, verdicts };
            let mut clauses = of_provider(&policies, &step);
            if let Some(weight) = choice.weight {
                clauses = clauses.weight(weight);
            }
            if let Some(cost) = choice.cost {
                clauses = clauses.cost(cost);
            }
            let healthcheck = choice.healthcheck.as_deref().map(shared);
            self.providers.push(dynamic::provider(clauses, step.name.clone(), healthcheck));
            self.steps.push(step);
        }
    }

    fn event(&mut self, event: &data::Event) {
        let app = event.app.as_deref().filter(|_| event.kind == EventKind::Action);
        let callee = callee(self.actions, app, &event.event);
        let at_most_once = self.world.runs_once(&callee);
        let (input, output) = (event.input.clone(), event.output.clone());
        let verdicts = Verdicts::of(&event.policies, at_most_once);
        let (name, allow_fail, lost) = (shared(event.name()), event.allow_fail, lost(at_most_once));
        let step = Step { name, callee, input, output, allow_fail, at_most_once, bound: None, lost, verdicts };
        let clauses = of_provider(&event.policies, &step);
        let clauses = if allow_fail { clauses } else { clauses.required() };
        let clauses = if at_most_once { clauses.at_most_once() } else { clauses };
        self.providers.push(dynamic::provider(clauses, step.name.clone(), None));
        self.steps.push(step);
    }
}

/// What it means that an answer is of no use: what was done is done.
fn lost(at_most_once: bool) -> Verdict {
    if at_most_once { Verdict::Ambiguous } else { Verdict::Failover }
}

/// That the action exists was checked with the definition.
fn callee(actions: &Actions, app: Option<&str>, event: &str) -> Callee {
    match app.and_then(|app| actions.get(app, event)) {
        Some(action) => Callee::Action(Arc::clone(action)),
        None => Callee::Definition(event.to_owned()),
    }
}

fn of_plan(mut clauses: PlanClauses, policy: &data::PlanPolicy) -> PlanClauses {
    if let Some(deadline) = policy.deadline {
        clauses = clauses.deadline(deadline);
    }
    if policy.all_unhealthy == Some(data::AllUnhealthy::Fail) {
        clauses = clauses.all_unhealthy(engine::AllUnhealthy::Fail);
    }
    if let Some(share) = policy.retry_budget {
        clauses = clauses.retry_budget(engine::RetryBudget::new(percent(share)));
    }
    if let Some(delay) = policy.hedge {
        clauses = clauses.hedge(delay);
    }
    clauses
}

fn percent(share: data::Percent) -> engine::Percent {
    engine::Percent::hundredths(share.hundredths())
}

fn of_provider(policies: &Policies, step: &Step) -> ProviderClauses {
    let unsaid = match &step.callee {
        Callee::Action(action) => action.timeout,
        Callee::Definition(_) => Some(step.bound.unwrap_or(UNBOUNDED)),
    };
    let mut clauses = ProviderClauses::new("").retries(policies.retries.unwrap_or(0));
    if policies.has_classes() {
        clauses = clauses.timed_out(step.verdicts.of_class(ErrorClass::Timeout));
    }
    if let Some(timeout) = policies.timeout.or(unsaid) {
        clauses = clauses.timeout(timeout);
    }
    if let Some(data::Backoff { base, factor, max, jitter, .. }) = policies.backoff {
        let jitter = match jitter {
            data::Jitter::Equal => engine::Jitter::Equal,
            data::Jitter::None => engine::Jitter::None,
            _ => engine::Jitter::Full,
        };
        clauses = clauses.backoff(engine::Backoff::new().base(base).factor(factor).max(max).jitter(jitter));
    }
    if let Some(breaker) = &policies.breaker {
        clauses = clauses.breaker(of_breaker(breaker));
    }
    if let Some(data::Bulkhead { max, wait, shadow, .. }) = policies.bulkhead {
        let bulkhead = engine::Bulkhead::new(max).wait(wait.unwrap_or_default());
        clauses = clauses.bulkhead(if shadow { bulkhead.shadow() } else { bulkhead });
    }
    if let Some(data::RateLimit { rate, burst, wait, shadow, .. }) = policies.rate_limit {
        let rate = match rate.per {
            data::Per::Second => engine::Rate::per_second(rate.count),
            data::Per::Minute => engine::Rate::per_minute(rate.count),
            _ => engine::Rate::per_hour(rate.count),
        };
        let mut limit = engine::RateLimit::new(rate).wait(wait.unwrap_or_default());
        if let Some(burst) = burst {
            limit = limit.burst(burst);
        }
        clauses = clauses.rate_limit(if shadow { limit.shadow() } else { limit });
    }
    clauses
}

fn of_breaker(written: &data::Breaker) -> engine::Breaker {
    let mut breaker = engine::Breaker::new();
    if let Some(failures) = written.failures {
        breaker = breaker.failures(failures);
    }
    if let Some(share) = written.failure_rate {
        breaker = breaker.failure_rate(percent(share));
    }
    if let Some(window) = written.window {
        breaker = breaker.window(window);
    }
    if let Some(min_calls) = written.min_calls {
        breaker = breaker.min_calls(min_calls);
    }
    if let Some(slow_call) = written.slow_call {
        breaker = breaker.slow_call(slow_call);
    }
    if let Some(cooldown) = written.cooldown {
        breaker = breaker.cooldown(cooldown);
    }
    if let Some(probes) = written.probes {
        breaker = breaker.probes(probes);
    }
    if written.shadow { breaker.shadow() } else { breaker }
}

fn of_cache(definition: &data::Definition, before: Option<&Runnable>) -> Option<OwnCache> {
    let cache = match definition {
        data::Definition::Fallback(it) => it.cache.as_ref()?,
        data::Definition::Quota(it) => it.cache.as_ref()?,
        _ => return None,
    };
    if let Some(tag) = &cache.tag {
        return Some(OwnCache::Defined(tag.clone()));
    }
    let settings = settings(cache.expiry?, cache.stale, cache.capacity);
    let shelf = match before.and_then(|before| before.cache.as_ref()) {
        Some(OwnCache::Own(shelf)) => shelf.redefined(settings),
        _ => Shelf::new(settings),
    };
    Some(OwnCache::Own(Arc::new(shelf)))
}

/// A cache as the engine knows it.
pub(crate) fn settings(expiry: Duration, stale: Option<Duration>, capacity: Option<u32>) -> engine::Cache {
    let cache = engine::Cache::new(expiry).stale(stale.unwrap_or_default());
    if let Some(capacity) = capacity { cache.capacity(capacity) } else { cache }
}

/// The clauses of a healthcheck.
pub(crate) fn of_healthcheck(definition: &data::Healthcheck) -> HealthcheckClauses<()> {
    let clauses = HealthcheckClauses::new("", |()| Box::pin(std::future::ready(Ok(()))))
        .interval(definition.interval)
        .retries(definition.retries)
        .fall(definition.fall)
        .rise(definition.rise);
    if let Some(timeout) = definition.timeout { clauses.timeout(timeout) } else { clauses }
}
