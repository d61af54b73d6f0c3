use std::any::{Any, type_name};
use std::sync::Arc;

use super::delay::Delay;
use super::script::{Act, Whom};
use super::scripted::reconcile_of;
use crate::Runtime;
use crate::runtime::{healthchecks, plans};
use crate::text::nearest;

/// Faults of one runtime's providers and healthchecks, from [`TestRuntime::faults`](super::TestRuntime::faults).
///
/// They are kept by the runtime: this is a handle, and cheap to clone.
#[derive(Debug, Clone)]
pub struct Faults {
    pub(super) runtime: Runtime,
    pub(super) plan: Option<String>,
}

impl Faults {
    /// Faults of one plan's providers, steps or parts. What is said of one plan goes before what is said of all.
    ///
    /// # Panics
    ///
    /// When no plan has the tag; the message names the nearest ones.
    #[must_use]
    #[track_caller]
    pub fn plan(&self, tag: &str) -> Self {
        known("plan has the tag", tag, plans().iter().map(|plan| plan.tag()));
        Self { runtime: self.runtime.clone(), plan: Some(tag.to_owned()) }
    }

    /// A new script for the providers, steps or parts of that name, in place of the one they had.
    ///
    /// Without any step their own code runs. Other blocks have names, too: `"reserve.undo"`, what undoes a step;
    /// `"stripe.reconcile"`, what asks a provider whether an attempt took effect; `"degrade"`.
    ///
    /// # Panics
    ///
    /// When there is no such provider; the message names the nearest ones.
    #[track_caller]
    pub fn provider(&self, name: &str) -> ProviderFaults {
        self.is_known(name);
        let whom = Whom { plan: self.plan.clone(), provider: name.to_owned() };
        self.runtime.script().begin(&whom);
        ProviderFaults { runtime: self.runtime.clone(), whom }
    }

    /// There is a provider of that name, or another block.
    #[track_caller]
    pub(super) fn is_known(&self, name: &str) {
        let of = |tag: &str| self.plan.as_deref().is_none_or(|only| only == tag);
        let all: Vec<_> = plans().iter().filter(|plan| of(plan.tag())).flat_map(|plan| plan.all()).collect();
        let asked = all.iter().filter(|provider| provider.reconcile().is_some());
        let asked: Vec<_> = asked.map(|provider| reconcile_of(provider.name())).collect();
        let names = all.iter().map(|provider| provider.name()).chain(asked.iter().map(String::as_str));
        known("provider is called", name, names.chain(["degrade"]));
    }

    /// What a healthcheck finds, whatever its code would say.
    ///
    /// # Panics
    ///
    /// When no healthcheck has the tag; the message names the nearest ones.
    #[must_use]
    #[track_caller]
    pub fn healthcheck(&self, tag: &str) -> HealthcheckFaults {
        known("healthcheck has the tag", tag, healthchecks().iter().map(|check| check.tag()));
        HealthcheckFaults { runtime: self.runtime.clone(), tag: tag.to_owned() }
    }
}

#[track_caller]
fn known<'a>(what: &str, name: &str, all: impl Iterator<Item = &'a str> + Clone) {
    if all.clone().all(|known| known != name) {
        let mut all: Vec<_> = all.collect();
        all.sort_unstable();
        all.dedup();
        panic!("no {what} `{name}`; the nearest are {:?}", nearest(name, all));
    }
}

/// What the calls of a provider come to, one step after another, from [`Faults::provider`].
///
/// A step holds for one call if another one follows it, else for all; [`for_calls`](Self::for_calls) says otherwise.
/// After the last one the provider's own code runs. Each attempt is a call, a retry as well.
///
/// ```
/// # extern crate ductape_runtime as ductape;
/// # use ductape::testing::ProviderFaults;
/// # fn script(stripe: &ProviderFaults) {
/// // Two failures, a success after a while, then nothing but silence.
/// stripe.fail("down").for_calls(2).pass().after("300ms").hang();
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ProviderFaults {
    runtime: Runtime,
    whom: Whom,
}

impl ProviderFaults {
    /// It fails with this error, which must be of the very type that the provider's code fails with. Its code does not
    /// run.
    pub fn fail<E: Clone + Send + Sync + 'static>(&self, error: E) -> &Self {
        self.fail_with(move || error.clone())
    }

    /// It fails with an error that is made anew for every call, for types that cannot be cloned.
    pub fn fail_with<E: 'static>(&self, error: impl Fn() -> E + Send + Sync + 'static) -> &Self {
        let make = Arc::new(move || Box::new(error()) as Box<dyn Any>);
        self.append(Act::Fail(make, type_name::<E>()))
    }

    /// It never answers: only a timeout, the deadline or its caller ends the attempt.
    pub fn hang(&self) -> &Self {
        self.append(Act::Hang)
    }

    /// It panics with this message.
    pub fn panic(&self, message: impl Into<String>) -> &Self {
        self.append(Act::Panic(message.into()))
    }

    /// Its own code runs.
    pub fn pass(&self) -> &Self {
        self.append(Act::Pass)
    }

    /// Its own code runs, but only after this time, such as `"200ms"`. The same as `.pass().after(delay)`.
    ///
    /// # Panics
    ///
    /// When a text is no duration.
    #[track_caller]
    pub fn latency(&self, delay: impl Delay) -> &Self {
        self.pass().after(delay)
    }

    /// The last step happens only after this time, such as `"200ms"`.
    ///
    /// # Panics
    ///
    /// When a text is no duration.
    #[track_caller]
    pub fn after(&self, delay: impl Delay) -> &Self {
        let delay = delay.duration();
        self.runtime.script().change(&self.whom, |step| step.after(delay));
        self
    }

    /// The last step holds for so many calls.
    pub fn for_calls(&self, calls: u32) -> &Self {
        self.runtime.script().change(&self.whom, |step| step.for_calls(calls));
        self
    }

    /// The last step happens with this probability, from 0 to 1, by the runtime's seed; else the provider's own code
    /// runs. Either way that is a call.
    ///
    /// # Panics
    ///
    /// When it is no number from 0 to 1.
    #[track_caller]
    pub fn with_probability(&self, probability: f64) -> &Self {
        assert!((0.0..=1.0).contains(&probability), "{probability} is no probability; write a number from 0 to 1");
        self.runtime.script().change(&self.whom, |step| step.with_probability(probability));
        self
    }

    fn append(&self, act: Act) -> &Self {
        self.runtime.script().append(&self.whom, act);
        self
    }
}

/// What a healthcheck finds, from [`Faults::healthcheck`].
#[derive(Debug, Clone)]
pub struct HealthcheckFaults {
    runtime: Runtime,
    tag: String,
}

impl HealthcheckFaults {
    /// Unhealthy at once, and by every check from now on.
    pub fn unhealthy(&self) {
        self.answer(false);
    }

    /// Healthy at once, and by every check from now on.
    pub fn healthy(&self) {
        self.answer(true);
    }

    /// Its own code decides again, by the next check.
    pub fn pass(&self) {
        self.runtime.script().answer(&self.tag, None);
    }

    fn answer(&self, good: bool) {
        self.runtime.script().answer(&self.tag, Some(good));
        self.runtime.pretend(&self.tag, good);
    }
}
