//! What is defined at one moment: exchanged as a whole, and never changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use ductape_definition::{Apps, Definition, Definitions, Healthcheck, Kind, Mapping, Scope};
use ductape_runtime::Name;
use ductape_runtime::dynamic;

use crate::app::{Action, Given};
use crate::compile::{self, Callee, Runnable, Shelf, Step};
use crate::editions::Editions;
use crate::error::CatalogError;
use crate::inner::Inner;
use crate::json::JsonPlan;
use crate::store::Recorder;

/// A run takes the one that is there when it begins, and keeps it: what it runs inside is of the same moment.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) definitions: Definitions,
    /// The tags of those that do something that must not happen twice, whatever they do it by.
    pub(crate) at_most_once: BTreeSet<String>,
    pub(crate) versions: BTreeMap<(Kind, String), u64>,
    /// Fallbacks, quotas and features, which share their tags.
    pub(crate) plans: HashMap<String, Arc<Runnable>>,
    pub(crate) checks: HashMap<String, Arc<Checked>>,
    /// By the tag of a healthcheck, the shortest interval that an option asks for.
    asked: HashMap<String, Duration>,
    pub(crate) caches: HashMap<String, Arc<Shelf>>,
    pub(crate) editions: Editions,
}

/// A healthcheck, and who checks it again and again; nobody in an environment that it is not for.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) healthcheck: dynamic::Healthcheck,
    pub(crate) runs_here: bool,
    /// How often.
    interval: Duration,
    _monitor: Option<dynamic::Monitor>,
}

impl World {
    /// These definitions, of which none is in force yet, beside what is.
    pub(crate) fn with(&self, definitions: Definitions, known: &Apps) -> Self {
        let of_data = definitions.at_most_once(Some(known)).into_iter().map(str::to_owned);
        let at_most_once = of_data.chain(JsonPlan::once().map(str::to_owned)).collect();
        let mut asked = HashMap::new();
        for (tag, interval) in definitions.iter().flat_map(compile::checked_by) {
            if let Some(interval) = interval {
                let shortest = asked.entry(tag.to_owned()).or_insert(interval);
                *shortest = interval.min(*shortest);
            }
        }
        let Self { versions, plans, checks, caches, editions, .. } = self;
        let (versions, plans, checks) = (versions.clone(), plans.clone(), checks.clone());
        let (caches, editions) = (caches.clone(), editions.clone());
        Self { definitions, at_most_once, versions, plans, checks, asked, caches, editions }
    }

    /// Whether what is called must not happen twice.
    pub(crate) fn runs_once(&self, callee: &Callee) -> bool {
        match callee {
            Callee::Action(action) => action.at_most_once,
            Callee::Definition(tag) => self.at_most_once.contains(tag),
        }
    }

    /// Puts what is defined of that kind and tag into force, or what is no more out of it. What both have in common keeps
    /// its state.
    pub(crate) fn enforce(
        &mut self,
        inner: &Inner,
        (kind, tag): (Kind, &str),
        version: u64,
    ) -> Result<(), CatalogError> {
        let next = self;
        let definition = next.definitions.get(kind, tag).cloned();
        match &definition {
            Some(_) => _ = next.versions.insert((kind, tag.to_owned()), version),
            None => _ = next.versions.remove(&(kind, tag.to_owned())),
        }
        match (kind, &definition) {
            (Kind::Healthcheck, Some(Definition::Healthcheck(definition))) => {
                let checked = next.check(inner, definition);
                next.checks.insert(tag.to_owned(), Arc::new(checked));
                next.recompile(inner, |plan| names_check(&plan.definition, tag))?;
            }
            (Kind::Healthcheck, _) => {
                next.checks.remove(tag);
                next.recompile(inner, |plan| names_check(&plan.definition, tag))?;
            }
            (Kind::Cache, Some(Definition::Cache(cache))) => {
                let settings = compile::settings(cache.expiry, cache.stale, cache.capacity);
                let kept = next.caches.get(tag).map(|before| before.redefined(settings));
                let kept = kept.unwrap_or_else(|| Shelf::new(settings));
                next.caches.insert(tag.to_owned(), Arc::new(kept));
            }
            (Kind::Cache, _) => _ = next.caches.remove(tag),
            (_, Some(definition)) => next.compile(inner, definition)?,
            (_, None) => _ = next.plans.remove(tag),
        }
        Ok(())
    }

    /// The fallback, quota or feature of that tag, or the plan in code that runs by it: as operators see it.
    pub(crate) fn plan(&self, tag: &str) -> Result<dynamic::Plan, CatalogError> {
        let of_code = || JsonPlan::find(tag).and_then(|plan| dynamic::linked(&ductape_runtime::runtime(), plan.tag()));
        let plan = self.plans.get(tag).map(|runnable| runnable.plan.clone()).or_else(of_code);
        plan.ok_or_else(|| self.unknown_of(Kind::Fallback, &[Kind::Quota, Kind::Feature], tag))
    }

    /// Nothing of that kind has the tag.
    pub(crate) fn unknown(&self, kind: Kind, tag: &str) -> CatalogError {
        self.unknown_of(kind, &[], tag)
    }

    fn unknown_of(&self, kind: Kind, or: &'static [Kind], tag: &str) -> CatalogError {
        let is_asked_for = |other: Kind| other == kind || or.contains(&other);
        let of_data = self.definitions.iter().map(|definition| (definition.kind(), definition.tag()));
        let all = of_data.chain(JsonPlan::all().map(|plan| (plan.kind(), plan.tag())));
        let (known, others): (Vec<_>, Vec<_>) = all.partition(|(kind, _)| is_asked_for(*kind));
        let is = others.iter().find(|(_, other)| *other == tag).map(|(kind, _)| *kind);
        let known = known.into_iter().map(|(_, tag)| tag.to_owned()).collect();
        CatalogError::Unknown { kind, or, tag: tag.to_owned(), is, known }
    }

    /// Looks at what the providers of every plan that is data have come to.
    pub(crate) fn observe(&self, recorder: &mut Recorder) {
        self.plans.keys().for_each(|tag| self.observe_plan(tag, recorder));
    }

    /// Looks at what the providers of one such plan have come to.
    pub(crate) fn observe_plan(&self, tag: &str, recorder: &mut Recorder) {
        if let Some(plan) = self.plans.get(tag) {
            recorder.observe(&Name::from(tag.to_owned()), plan.plan.handle().totals(), SystemTime::now());
        }
    }

    pub(crate) fn checked(&self, tag: &str) -> Option<&Arc<Checked>> {
        self.checks.get(tag)
    }

    /// How often it is checked: as often as it says itself, or as an option that names it asks for, if that is more often.
    fn interval(&self, definition: &Healthcheck) -> Duration {
        self.asked.get(&definition.tag).map_or(definition.interval, |asked| definition.interval.min(*asked))
    }

    /// Follows a change of how often options ask for their healthchecks.
    pub(crate) fn keep_pace(&mut self, inner: &Inner) {
        let checks = self.definitions.iter().filter_map(|definition| match definition {
            Definition::Healthcheck(check) => Some(check),
            _ => None,
        });
        let has_turned = |check: &&Healthcheck| {
            let checked = self.checked(&check.tag).filter(|checked| checked.runs_here);
            checked.is_some_and(|checked| checked.interval != self.interval(check))
        };
        let turned: Vec<_> =
            checks.filter(has_turned).map(|check| (check.tag.clone(), self.check(inner, check))).collect();
        self.checks.extend(turned.into_iter().map(|(tag, checked)| (tag, Arc::new(checked))));
    }

    fn compile(&mut self, inner: &Inner, definition: &Definition) -> Result<(), CatalogError> {
        let before = self.plans.get(definition.tag()).cloned();
        let plan = Runnable::of(definition, &inner.runtime, (&inner.actions, &inner.known), self, before.as_deref())?;
        if let Some(plan) = plan {
            self.plans.insert(definition.tag().to_owned(), Arc::new(plan));
        }
        Ok(())
    }

    /// Follows a change of what must not happen twice, and of how long it takes, in those that run it.
    pub(crate) fn follow(&mut self, inner: &Inner) -> Result<(), CatalogError> {
        let mut times = self.definitions.times(Some(&inner.known));
        let mut has_turned = |step: &Step| {
            let bound = match (&step.callee, step.bound) {
                (Callee::Definition(tag), Some(_)) => Some(times.longest_run(Kind::Feature, tag)),
                _ => None,
            };
            bound != step.bound || step.at_most_once != self.runs_once(&step.callee)
        };
        let turned = self.plans.values().filter(|plan| plan.steps.iter().any(&mut has_turned));
        let turned: Vec<_> = turned.cloned().collect();
        turned.iter().try_for_each(|plan| self.compile(inner, &plan.definition))
    }

    fn recompile(&mut self, inner: &Inner, which: impl Fn(&Runnable) -> bool) -> Result<(), CatalogError> {
        let plans: Vec<_> = self.plans.values().filter(|plan| which(plan)).cloned().collect();
        plans.iter().try_for_each(|plan| self.compile(inner, &plan.definition))
    }

    fn check(&self, inner: &Inner, definition: &Healthcheck) -> Checked {
        let env = definition.envs.iter().find(|env| env.slug == inner.env());
        let runs_here = definition.envs.is_empty() || env.is_some();
        let action = inner.actions.get(&definition.app, &definition.event).map(Arc::clone);
        let input = env.map(|env| env.input.clone()).unwrap_or_default();
        let (env, product) = (inner.env().to_owned(), inner.product().to_owned());
        let probe = move || -> std::pin::Pin<Box<dyn Future<Output = Result<(), Box<str>>> + Send>> {
            match probe(action.as_deref(), &input, &env, &product) {
                Ok(called) => Box::pin(async move { called.await.map(drop).map_err(|failure| failure.message.into()) }),
                Err(error) => Box::pin(std::future::ready(Err(error.into()))),
            }
        };
        let interval = self.interval(definition);
        let clauses = compile::of_healthcheck(definition).interval(interval);
        let healthcheck = match self.checked(&definition.tag) {
            Some(before) if runs_here => before.healthcheck.succeeded_by(clauses, probe),
            // Where nobody checks it any more, nothing is known.
            _ => dynamic::Healthcheck::new(&inner.runtime, Name::from(definition.tag.clone()), clauses, probe),
        };
        let monitor = (runs_here && inner.monitors).then(|| healthcheck.monitor());
        Checked { healthcheck, runs_here, interval, _monitor: monitor }
    }
}

fn probe(
    action: Option<&Action>,
    input: &Mapping,
    env: &str,
    product: &str,
) -> Result<impl Future<Output = Result<serde_json::Value, crate::app::Failure>> + Send + use<>, String> {
    let scope = Scope { env, product, now: crate::run::now(), ..Scope::default() };
    let given = input.filled(&scope).map_err(|error| error.to_string())?;
    let action = action.ok_or("there is no such action")?;
    Ok(action.call(Given::Filled(&given)))
}

fn names_check(definition: &Definition, tag: &str) -> bool {
    compile::checked_by(definition).any(|(named, _)| named == tag)
}
