use std::any::Any;
use std::fmt::{self, Debug, Formatter};
use std::pin::Pin;
use std::time::Duration;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::Name;
use crate::plan::{Place, Slot};
use crate::text::Span;

/// A healthcheck: the static handle that `#[healthcheck]` makes of a probing function.
///
/// `T` is what the probe borrows, such as a client; it is given once, before start, with
/// [`Builder::bind`](crate::runtime::Builder::bind). A probe without an argument is a `Healthcheck`, which needs
/// nothing.
///
/// ```
/// # extern crate ductape_runtime as ductape;
/// # use ductape::{Healthcheck, Status};
/// async fn show(stripe_health: &'static Healthcheck) {
///     stripe_health.check().await; // one check, now
///     if stripe_health.status() == Status::Unhealthy {
///         println!("{}: {:?}", stripe_health.tag(), stripe_health.report().last_error);
///     }
/// }
/// ```
pub struct Healthcheck<T: 'static = ()> {
    definition: Check,
    probe: fn(&T) -> ProbeFuture<'_>,
}

/// One try of a probe.
pub type ProbeFuture<'a> = Pin<Box<dyn Future<Output = Result<(), Box<str>>> + Send + 'a>>;

/// The definition of a healthcheck, whatever it probes.
#[derive(Debug)]
pub struct Check {
    pub(crate) tag: Name,
    pub(crate) place: Place,
    pub(crate) interval: Duration,
    pub(crate) retries: u32,
    pub(crate) timeout: Option<Duration>,
    pub(crate) fall: u32,
    pub(crate) rise: u32,
    pub(crate) envs: &'static [&'static str],
    pub(crate) slot: Slot,
}

/// Builds a [`Healthcheck`], clause by clause.
#[must_use]
pub struct HealthcheckClauses<T: 'static> {
    tag: &'static str,
    place: Place,
    interval: Duration,
    retries: u32,
    timeout: Option<Duration>,
    fall: u32,
    rise: u32,
    envs: &'static [&'static str],
    probe: fn(&T) -> ProbeFuture<'_>,
}

/// The clauses of a healthcheck, as const builder methods.
impl<T> HealthcheckClauses<T> {
    /// A healthcheck that runs every 30 seconds.
    pub const fn new(tag: &'static str, probe: fn(&T) -> ProbeFuture<'_>) -> Self {
        Self {
            tag,
            place: Place::UNKNOWN,
            interval: Duration::from_secs(30),
            retries: 0,
            timeout: None,
            fall: 1,
            rise: 1,
            envs: &[],
            probe,
        }
    }

    /// Where the definition stands.
    pub const fn place(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// The time from one check to the next, give or take a tenth.
    pub const fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Tries within one check after the first; 0 unless said.
    pub const fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// Bounds one try; the interval, at most five seconds, unless said.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Bad checks in a row that make it unhealthy; 1 unless said.
    pub const fn fall(mut self, fall: u32) -> Self {
        self.fall = fall;
        self
    }

    /// Good checks in a row that make it healthy; 1 unless said.
    pub const fn rise(mut self, rise: u32) -> Self {
        self.rise = rise;
        self
    }

    /// The environments in which it runs; all unless said.
    pub const fn env(mut self, envs: &'static [&'static str]) -> Self {
        self.envs = envs;
        self
    }

    /// The definition alone.
    pub(crate) const fn check(self) -> Check {
        let Self { tag, place, interval, retries, timeout, fall, rise, envs, .. } = self;
        let tag = Name::from_static(tag);
        Check { tag, place, interval, retries, timeout, fall, rise, envs, slot: Slot::unset() }
    }

    /// The healthcheck.
    pub const fn build(self) -> Healthcheck<T> {
        let probe = self.probe;
        Healthcheck { definition: self.check(), probe }
    }
}

impl<T> Healthcheck<T> {
    /// The definition, whatever the healthcheck probes.
    pub(crate) const fn definition(&self) -> &Check {
        &self.definition
    }
}

impl Check {
    /// The unique name among the program's healthchecks.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// Where the definition stands.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The time from one check to the next.
    pub fn interval(&self) -> Duration {
        self.interval
    }

    /// The tries within one check after the first.
    pub fn retries(&self) -> u32 {
        self.retries
    }

    /// What bounds one try: the interval, at most five seconds, unless said.
    pub fn timeout(&self) -> Duration {
        self.timeout.unwrap_or(self.interval.min(Duration::from_secs(5)))
    }

    /// Bad checks in a row that make it unhealthy.
    pub fn fall(&self) -> u32 {
        self.fall
    }

    /// Good checks in a row that make it healthy.
    pub fn rise(&self) -> u32 {
        self.rise
    }

    /// Whether it runs in that environment.
    pub fn runs_in(&self, env: &str) -> bool {
        self.envs.is_empty() || self.envs.contains(&env)
    }
}

impl<T> Debug for Healthcheck<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(&self.definition, f)
    }
}

/// A healthcheck as the registry keeps it, whatever it probes.
pub trait AnyHealthcheck: Send + Sync {
    /// The definition.
    fn definition(&self) -> &Check;

    /// Whether the probe borrows something that must be bound.
    fn needs_binding(&self) -> bool;

    /// One try over what was bound; `None` when nothing of the right type was.
    fn probe<'a>(&self, bound: Option<&'a (dyn Any + Send + Sync)>) -> Option<ProbeFuture<'a>>;
}

// That `T` is `Send + Sync` is asked of the probe, and once.
impl<T: 'static> AnyHealthcheck for Healthcheck<T> {
    fn definition(&self) -> &Check {
        &self.definition
    }

    fn needs_binding(&self) -> bool {
        std::any::TypeId::of::<T>() != std::any::TypeId::of::<()>()
    }

    fn probe<'a>(&self, bound: Option<&'a (dyn Any + Send + Sync)>) -> Option<ProbeFuture<'a>> {
        let bound: &dyn Any = if self.needs_binding() { bound? } else { &() };
        bound.downcast_ref().map(self.probe)
    }
}

inventory::collect!(&'static dyn AnyHealthcheck);

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut check = serializer.serialize_struct("Check", 8)?;
        check.serialize_field("tag", &*self.tag)?;
        check.serialize_field("place", &self.place.to_string())?;
        check.serialize_field("interval", &Span(self.interval))?;
        check.serialize_field("retries", &self.retries)?;
        check.serialize_field("timeout", &Span(self.timeout()))?;
        check.serialize_field("fall", &self.fall)?;
        check.serialize_field("rise", &self.rise)?;
        check.serialize_field("env", self.envs)?;
        check.end()
    }
}
