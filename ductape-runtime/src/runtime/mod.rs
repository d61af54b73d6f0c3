//! The runtime: where the state of plans and healthchecks lives.
//!
//! Definitions are the program's; all that changes belongs to a [`Runtime`]. One is in force at every place: that of
//! the innermost [`scope`](Runtime::scope), else the one that was started, else a default one.

mod builder;
mod current;
mod effective;
mod handle;
mod listed;
mod monitor;
mod overrides;
mod plan_handle;
mod registry;
#[cfg(feature = "testing")]
mod scripted;
mod snapshot;
mod steer;

use std::any::Any;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::{self, Debug, Formatter};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
pub use builder::{Bind, Builder, StartError};
pub use current::{Follow, Scope, follow, runtime};
pub use effective::{Effective, EffectivePlan};
pub(crate) use handle::check_one;
pub use handle::{check_health, health};
pub(crate) use listed::ListedCheck;
pub use monitor::Monitor;
pub(crate) use monitor::check_forever;
pub use plan_handle::PlanHandle;
pub use registry::{UnknownTag, healthchecks, plan, plans};
pub use snapshot::{PlanSnapshot, ProviderSnapshot, Snapshot};
pub use steer::{Cleared, ClearedProvider, UnknownProvider};

use crate::engine::{HealthCell, LivePlan, Policies, Seeds};
use crate::health::{AnyHealthcheck, Check, Health, HealthState};
use crate::moment::Moment;
use crate::observe::{Events, Happened, Hub, RuntimeEvent, Watch};
use crate::plan::{Dependency, Plan, Provider, Site};
use crate::sync::{Mutex, lock};
use registry::registry;
use steer::Steered;

/// Breakers, health, counters and limits of every plan, for one environment of one product.
///
/// Cheap to clone: clones are the same runtime. Plans work without one being started; then a default runtime without
/// product and environment serves them.
///
/// ```
/// # extern crate ductape_runtime as ductape;
/// # async fn demo() -> Result<(), ductape::StartError> {
/// use ductape::Runtime;
///
/// let staging = Runtime::builder().product("checkout").env("staging").seed(7).build()?;
/// staging.scope(async {
///     assert_eq!(ductape::runtime().env(), "staging");
/// }).await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Runtime(Arc<Inner>);

struct Inner {
    product: Cow<'static, str>,
    env: Cow<'static, str>,
    seeds: Arc<Seeds>,
    statistics: bool,
    hub: Arc<Hub>,
    /// The files of overrides that it was made with.
    #[cfg(feature = "config")]
    files: Vec<std::path::PathBuf>,
    /// By the slot of a site.
    plans: Box<[OnceLock<Arc<Steered>>]>,
    /// By the slot of a healthcheck.
    health: Box<[Arc<HealthState>]>,
    /// What probes borrow, by the slot of a healthcheck.
    bound: HashMap<usize, Arc<dyn Any + Send + Sync>>,
    /// Plans and healthchecks that are data.
    listed: ArcSwap<listed::Listed>,
    /// Few, and asked only when a plan is used for the first time.
    dependencies: Mutex<Vec<(&'static Dependency, Policies)>>,
    /// What a test has its providers and healthchecks do.
    #[cfg(feature = "testing")]
    script: Arc<crate::testing::Script>,
}

impl Runtime {
    /// Sets up a runtime.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The product that it serves; empty unless said.
    pub fn product(&self) -> &str {
        &self.0.product
    }

    /// The environment that it serves; empty unless said.
    pub fn env(&self) -> &str {
        &self.0.env
    }

    /// Runs a future with this runtime: the plans in it share no state with those of any other runtime.
    ///
    /// A task that the future spawns leaves the scope, unless it is scoped again.
    pub fn scope<F: Future>(&self, future: F) -> Scope<F> {
        Scope::new(self.clone(), future)
    }

    /// Runs the healthchecks of this runtime until the monitor is dropped, as [`Builder::start`] does for the one that
    /// it installs.
    ///
    /// Healthchecks whose argument was not bound are left out, and say so in their report. Outside a tokio runtime
    /// none can run, and every status stays as it is.
    pub fn monitor(&self) -> Monitor {
        Monitor::watch(self)
    }

    /// What the healthchecks of this runtime's environment know.
    pub fn health(&self) -> Health {
        let reports = self.checks().map(|(_, state)| state.report(Moment::now()));
        Health::of(reports.chain(self.listed_reports()))
    }

    /// Runs every healthcheck of this runtime's environment now, side by side, and tells what they know then.
    pub async fn check_health(&self) -> Health {
        handle::check_all(self).await;
        self.health()
    }

    /// What happens in this runtime from now on: retries, skips, failovers, changes of breakers and of health, the end of
    /// every run.
    ///
    /// Events of clean runs are made only while someone listens.
    ///
    /// ```
    /// # extern crate ductape_runtime as ductape;
    /// # async fn watch() {
    /// use ductape::Happened;
    ///
    /// let mut events = ductape::runtime().events();
    /// while let Some(event) = events.next().await {
    ///     if let Happened::Masked { by } = &event.happened {
    ///         println!("{:?} failed in {:?}, and {by} made it good", event.provider, event.plan);
    ///     }
    /// }
    /// # }
    /// ```
    pub fn events(&self) -> Events {
        self.0.hub.listen()
    }

    /// As [`events`](Self::events), and before them the last so many of [`recent_events`](Self::recent_events): what happens
    /// meanwhile is neither missing nor told twice.
    pub fn events_with_recent(&self, recent: usize) -> Events {
        self.0.hub.listen_from(recent)
    }

    /// The last 1 000 events that were not of clean runs, oldest first, whether or not anyone listened.
    pub fn recent_events(&self) -> Vec<RuntimeEvent> {
        self.0.hub.recent()
    }

    /// The healthchecks that run in this runtime's environment.
    fn checks(&self) -> impl Iterator<Item = (&'static dyn AnyHealthcheck, &Arc<HealthState>)> {
        let checks = registry().healthchecks.iter().copied().zip(&self.0.health);
        checks.filter(|(check, _)| check.definition().runs_in(self.env()))
    }

    fn health_of(&self, check: &Check) -> Option<&Arc<HealthState>> {
        registry();
        self.0.health.get(check.slot.get()?)
    }

    fn bound_to(&self, check: &Check) -> Option<&(dyn Any + Send + Sync)> {
        Some(self.0.bound.get(&check.slot.get()?)?.as_ref())
    }

    /// The state of what all plans share that name the dependency.
    fn policies_of(&self, dependency: &'static Dependency) -> Policies {
        let mut dependencies = lock(&self.0.dependencies);
        let known = dependencies.iter().find(|(known, _)| std::ptr::eq(*known, dependency));
        if let Some((_, policies)) = known {
            return policies.clone();
        }
        let policies = Policies::new(dependency.breaker, dependency.bulkhead, dependency.rate_limit);
        dependencies.push((dependency, policies.clone()));
        policies
    }

    fn live_plan(&self, site: &'static Site) -> Arc<LivePlan> {
        match self.place_of(site) {
            Some(place) => place.get_or_init(|| self.steer(site)).live(),
            // Only where linker sections do not work is a plan unknown to the registry; its runs then share nothing, and
            // nobody could read statistics of them.
            None => Arc::new(self.fresh(site, false)),
        }
    }

    fn steered(&self, site: &'static Site) -> Arc<Steered> {
        match self.place_of(site) {
            Some(place) => Arc::clone(place.get_or_init(|| self.steer(site))),
            None => self.steer(site),
        }
    }

    fn place_of(&self, site: &'static Site) -> Option<&OnceLock<Arc<Steered>>> {
        self.0.plans.get(site.slot.get()?)
    }

    fn steer(&self, site: &'static Site) -> Arc<Steered> {
        Arc::new(Steered::new(Cow::Borrowed(&site.plan), self.fresh(site, self.0.statistics)))
    }

    /// An owned plan, with fresh state. `checked` finds the cell of a provider's healthcheck.
    pub(crate) fn dynamic(&self, plan: Plan, checked: impl Fn(&Provider) -> Option<Arc<HealthCell>>) -> PlanHandle {
        let shared = |provider: &Provider| (checked(provider), Policies::default());
        let watch = Watch::new(&plan, Arc::clone(&self.0.hub), self.0.statistics);
        let live = LivePlan::new(Cow::Owned(plan.clone()), Arc::clone(&self.0.seeds), watch, shared);
        #[cfg(feature = "testing")]
        let live = live.scripted(Arc::clone(&self.0.script));
        PlanHandle(Arc::new(Steered::new(Cow::Owned(plan), live)))
    }

    /// Something has happened that concerns no plan.
    pub(crate) fn announce(&self, happened: Happened) {
        self.0.hub.announce(Moment::now(), None, None, happened);
    }

    fn fresh(&self, site: &'static Site, statistics: bool) -> LivePlan {
        let shared = |provider: &Provider| {
            let state = provider.check().and_then(|check| self.health_of(check));
            let policies = provider.dependency().map(|dependency| self.policies_of(dependency));
            (state.map(|state| Arc::clone(&state.cell)), policies.unwrap_or_default())
        };
        let watch = Watch::new(&site.plan, Arc::clone(&self.0.hub), statistics);
        let live = LivePlan::new(Cow::Borrowed(&site.plan), Arc::clone(&self.0.seeds), watch, shared);
        #[cfg(feature = "testing")]
        let live = live.scripted(Arc::clone(&self.0.script));
        live
    }
}

/// The state of a plan in the runtime in force here.
pub(crate) fn live_plan(site: &'static Site) -> Arc<LivePlan> {
    current::with_current(|runtime| runtime.live_plan(site))
}

impl Debug for Runtime {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").field("product", &self.product()).field("env", &self.env()).finish_non_exhaustive()
    }
}
