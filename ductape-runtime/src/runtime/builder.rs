use std::any::Any;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt::{self, Display, Formatter};
#[cfg(feature = "config")]
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use super::current::{INSTALLED, followers};
use super::overrides::variables;
use super::registry::registry;
use super::{Inner, Monitor, Runtime};
use crate::Name;
use crate::engine::Seeds;
use crate::health::{HealthState, Healthcheck};
use crate::moment::Moment;
use crate::observe::{Hub, METRICS, set_health};
use crate::patch::{PatchError, PatchFault};
use crate::plan::{Place, Policy};
use crate::sync::Mutex;

/// Sets up a [`Runtime`].
#[must_use = "a builder does nothing until `build` or `start`"]
pub struct Builder {
    product: Cow<'static, str>,
    env: Cow<'static, str>,
    seed: Option<u64>,
    statistics: bool,
    off: Vec<Policy>,
    variables: Option<Vec<(OsString, OsString)>>,
    #[cfg(feature = "config")]
    files: Vec<PathBuf>,
    bound: HashMap<usize, Arc<dyn Any + Send + Sync>>,
}

/// What a healthcheck's probe can borrow: a `T`, or an `Arc<T>`.
#[diagnostic::on_unimplemented(
    message = "this healthcheck probes a `{T}`, not a `{Self}`",
    label = "expected `{T}` or `Arc<{T}>`",
    note = "`bind` takes the type that the healthcheck's function has as its argument"
)]
pub trait Bind<T> {
    /// As it is kept.
    fn into_shared(self) -> Arc<T>;
}

#[diagnostic::do_not_recommend]
impl<T> Bind<T> for T {
    fn into_shared(self) -> Arc<T> {
        Arc::new(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T> Bind<T> for Arc<T> {
    fn into_shared(self) -> Arc<T> {
        self
    }
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            product: Cow::default(),
            env: Cow::default(),
            seed: None,
            statistics: true,
            off: Vec::new(),
            variables: None,
            #[cfg(feature = "config")]
            files: Vec::new(),
            bound: HashMap::new(),
        }
    }
}

impl Builder {
    /// The product that the runtime serves, for `when(…)` and provider code.
    pub fn product(mut self, product: impl Into<Cow<'static, str>>) -> Self {
        self.product = product.into();
        self
    }

    /// The environment that the runtime serves: which healthchecks run, and what `when(…)` can ask.
    pub fn env(mut self, env: impl Into<Cow<'static, str>>) -> Self {
        self.env = env.into();
        self
    }

    /// Makes every random choice of plans repeatable; without it, the system's randomness seeds the runtime.
    ///
    /// Idempotency keys are random all the same.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Whether statistics are kept, as they are unless said; without them [`PlanHandle::stats`](crate::PlanHandle::stats)
    /// is all zero.
    ///
    /// They cost a clean run some 15 ns, and 24 KiB for each plan and provider.
    pub fn statistics(mut self, kept: bool) -> Self {
        self.statistics = kept;
        self
    }

    /// Switches a policy off in all plans; [`Runtime::switch`] does so later.
    pub fn off(mut self, policy: Policy) -> Self {
        self.off.push(policy);
        self
    }

    /// Overrides from a file, as TOML or, when its name ends with `.json`, as JSON: for each plan, by its tag, what
    /// [`PlanHandle::update`](crate::PlanHandle::update) takes. Of several files, later ones take precedence.
    ///
    /// ```toml
    /// [sms-quota]
    /// deadline = "5s"
    /// providers.twilio = { weight = 50, breaker.cooldown = "30s" }
    /// providers.nexmo.weight = 50
    ///
    /// ["*"] # all plans
    /// breaker.enabled = false
    /// ```
    ///
    /// It is read by [`build`](Self::build) and [`start`](Self::start), and again by [`Runtime::reload`].
    #[cfg(feature = "config")]
    pub fn overrides_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.files.push(path.into());
        self
    }

    /// Overrides from these variables, in the place of the process's environment, which [`start`](Self::start) reads
    /// otherwise and [`build`](Self::build) does not.
    ///
    /// `DUCTAPE__SMS_QUOTA__PROVIDERS__TWILIO__WEIGHT` is `providers.twilio.weight` of the plan `sms-quota`: names are in
    /// capitals, with `_` for what is neither letter nor digit, and `__` between them; the plan `ALL` stands for all of
    /// them. Variables take precedence over files.
    ///
    /// ```
    /// # extern crate ductape_runtime as ductape;
    /// let error = ductape::Runtime::builder().variables([("DUCTAPE__SMS_QUOTE__DEADLINE", "5s")]).build();
    /// assert!(error.unwrap_err().to_string().contains("no plan has a tag that is `SMS_QUOTE` in capitals"));
    /// ```
    pub fn variables<N: Into<OsString>, V: Into<OsString>>(
        mut self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let given = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        self.variables = Some(given.collect());
        self
    }

    /// Gives a healthcheck what its probe borrows: a `T` or an `Arc<T>`. The last one given counts.
    pub fn bind<T: Send + Sync + 'static>(mut self, healthcheck: &'static Healthcheck<T>, value: impl Bind<T>) -> Self {
        registry();
        if let Some(slot) = healthcheck.definition().slot.get() {
            self.bound.insert(slot, value.into_shared());
        }
        self
    }

    /// Makes a runtime, and installs nothing.
    ///
    /// # Errors
    ///
    /// All that is wrong with overrides that were given. What only a whole program can get wrong is checked by
    /// [`start`](Self::start).
    pub fn build(self) -> Result<Runtime, StartError> {
        let (runtime, faults) = self.into_runtime();
        if faults.is_empty() { Ok(runtime) } else { Err(StartError(faults.into_iter().map(Fault::Override).collect())) }
    }

    /// Makes a runtime, checks what only the whole program can show, installs it for the process, and runs its
    /// healthchecks until the monitor is dropped.
    ///
    /// # Errors
    ///
    /// All faults together: tags used twice, tags that variables of the environment cannot tell apart, overrides that
    /// break a rule, what a catalogue keeps of plans and does not go with them, healthchecks whose argument was not bound, no tokio runtime to run them on (its timers enabled), a
    /// monitor that lives already.
    pub fn start(mut self) -> Result<Monitor, StartError> {
        self.variables.get_or_insert_with(|| std::env::vars_os().collect());
        let (runtime, overrides) = self.into_runtime();
        let mut faults = runtime.faults();
        faults.extend(variables::ambiguous().into_iter().map(Fault::Override));
        faults.extend(overrides.into_iter().map(Fault::Override));
        if tokio::runtime::Handle::try_current().is_err() {
            faults.push(Fault::NoTokio);
        }
        if INSTALLED.load().is_some() {
            faults.push(Fault::Started);
        }
        if faults.is_empty() {
            let refused = followers().into_iter().filter_map(|follower| follower.steer(&runtime).err());
            faults.extend(refused.flatten().flat_map(PatchError::into_faults).map(Fault::Override));
        }
        if !faults.is_empty() {
            return Err(StartError(faults));
        }
        // Asked again, since another thread may have started one meanwhile.
        let free = INSTALLED.compare_and_swap(&None::<Arc<Runtime>>, Some(Arc::new(runtime.clone())));
        if free.is_some() {
            return Err(StartError(vec![Fault::Started]));
        }
        runtime.register();
        Ok(Monitor::install(&runtime))
    }

    /// A runtime, and what is wrong with its overrides; those that are sound are in force.
    pub(crate) fn into_runtime(self) -> (Runtime, Vec<PatchFault>) {
        let registry = registry();
        let seeds = self.seed.map_or_else(Seeds::from_system, Seeds::new);
        let runtime = Runtime(Arc::new(Inner {
            product: self.product,
            env: self.env,
            seeds: Arc::new(seeds),
            statistics: self.statistics,
            hub: Arc::new(Hub::new()),
            #[cfg(feature = "config")]
            files: self.files,
            plans: registry.sites.iter().map(|_| OnceLock::new()).collect(),
            health: registry.checks.iter().map(|check| Arc::new(HealthState::new(check))).collect(),
            bound: self.bound,
            listed: arc_swap::ArcSwap::default(),
            dependencies: Mutex::default(),
            #[cfg(feature = "testing")]
            script: Arc::default(),
        }));
        let faults = runtime.override_all(&self.off, self.variables.unwrap_or_default());
        (runtime, faults)
    }
}

impl Runtime {
    /// The one that serves plans when none was started.
    pub(super) fn fallback() -> Self {
        Builder::default().into_runtime().0
    }

    /// Makes every series of the metrics visible before the first call.
    fn register(&self) {
        if METRICS {
            for site in &registry().sites {
                self.live_plan(site);
            }
            for (check, state) in self.checks() {
                set_health(&check.definition().tag, state.cell.status(Moment::now()));
            }
        }
    }

    fn faults(&self) -> Vec<Fault> {
        let registry = registry();
        let plans: Vec<_> = registry.plans.iter().map(|plan| (plan.tag(), plan.place())).collect();
        let checks: Vec<_> = registry.checks.iter().map(|check| (check.tag(), check.place())).collect();
        let mut faults = twice("plans", &plans);
        faults.extend(twice("healthchecks", &checks));
        for (check, _) in self.checks() {
            let definition = check.definition();
            if check.needs_binding() && self.bound_to(definition).is_none() {
                faults.push(Fault::Unbound { tag: definition.tag.clone(), place: definition.place });
            }
        }
        faults
    }
}

/// The registry sorts by tag, so equal tags are neighbours.
fn twice(what: &'static str, sorted: &[(&'static str, Place)]) -> Vec<Fault> {
    let equal = sorted.chunk_by(|one, other| one.0 == other.0);
    let several = equal.filter(|group| group.len() > 1);
    several
        .map(|group| Fault::Twice { what, tag: group[0].0, places: group.iter().map(|&(_, place)| place).collect() })
        .collect()
}

/// Why a runtime was not started: every fault of the program, one a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartError(Vec<Fault>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Fault {
    Twice { what: &'static str, tag: &'static str, places: Vec<Place> },
    Unbound { tag: Name, place: Place },
    Override(PatchFault),
    NoTokio,
    Started,
}

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Twice { what, tag, places } => {
                write!(f, "the tag `{tag}` is used by {} {what}", places.len())?;
                for (at, place) in places.iter().enumerate() {
                    write!(f, "{} {place}", if at == 0 { ":" } else { " and" })?;
                }
                f.write_str("; give each its own with `tag = \"…\"`")
            }
            Self::Unbound { tag, place } => {
                write!(
                    f,
                    "the healthcheck `{tag}` at {place} has nothing to probe; give it with `.bind(&healthcheck, client)`"
                )
            }
            Self::Override(fault) => Display::fmt(fault, f),
            Self::NoTokio => {
                f.write_str("no tokio runtime runs here; call `start` inside `#[tokio::main]` or `block_on`")
            }
            Self::Started => {
                f.write_str("a runtime is started already; drop its monitor first, or use `build` and `scope`")
            }
        }
    }
}

impl Display for StartError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            Display::fmt(fault, f)?;
        }
        Ok(())
    }
}

impl std::error::Error for StartError {}
