use std::any::Any;
use std::fmt::{self, Debug, Display, Formatter};
use std::pin::Pin;
use std::time::Duration;

use serde::Serialize;

use crate::plan::{Place, Slot};
use crate::typing::View;

/// A healthcheck: the static handle that `#[healthcheck]` makes of a probing function.
///
/// `T` is what the probe borrows, such as a client; it is given once, before start, with
/// [`Builder::bind`](crate::runtime::Builder::bind). A probe without an argument is a `Healthcheck`, which needs
/// nothing.
///
/// ```
/// # use ductape_runtime::{Healthcheck, Status};
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
pub type ProbeFuture<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

/// The definition of a healthcheck, whatever it probes.
#[derive(Debug, Serialize)]
pub struct Check {
    pub(crate) tag: &'static str,
    pub(crate) place: Place,
    #[serde(serialize_with = "crate::text::span")]
    pub(crate) interval: Duration,
    pub(crate) retries: u32,
    #[serde(serialize_with = "crate::text::span_option")]
    pub(crate) timeout: Option<Duration>,
    pub(crate) fall: u32,
    pub(crate) rise: u32,
    #[serde(rename = "env")]
    pub(crate) envs: &'static [&'static str],
    #[serde(skip)]
    pub(crate) slot: Slot,
}

/// The clauses of a healthcheck, as const builder methods.
impl<T> Healthcheck<T> {
    /// A healthcheck that runs every 30 seconds.
    pub const fn new(tag: &'static str, probe: fn(&T) -> ProbeFuture<'_>) -> Self {
        Self {
            definition: Check {
                tag,
                place: Place::UNKNOWN,
                interval: Duration::from_secs(30),
                retries: 0,
                timeout: None,
                fall: 1,
                rise: 1,
                envs: &[],
                slot: Slot::unset(),
            },
            probe,
        }
    }

    /// Where the definition stands.
    #[must_use]
    pub const fn place(mut self, place: Place) -> Self {
        self.definition.place = place;
        self
    }

    /// The time from one check to the next, give or take a tenth.
    #[must_use]
    pub const fn interval(mut self, interval: Duration) -> Self {
        self.definition.interval = interval;
        self
    }

    /// Tries within one check after the first; 0 unless said.
    #[must_use]
    pub const fn retries(mut self, retries: u32) -> Self {
        self.definition.retries = retries;
        self
    }

    /// Bounds one try; the interval, at most five seconds, unless said.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.definition.timeout = Some(timeout);
        self
    }

    /// Bad checks in a row that make it unhealthy; 1 unless said.
    #[must_use]
    pub const fn fall(mut self, fall: u32) -> Self {
        self.definition.fall = fall;
        self
    }

    /// Good checks in a row that make it healthy; 1 unless said.
    #[must_use]
    pub const fn rise(mut self, rise: u32) -> Self {
        self.definition.rise = rise;
        self
    }

    /// The environments in which it runs; all unless said.
    #[must_use]
    pub const fn env(mut self, envs: &'static [&'static str]) -> Self {
        self.definition.envs = envs;
        self
    }

    /// The definition, whatever the healthcheck probes.
    pub const fn definition(&self) -> &Check {
        &self.definition
    }
}

impl Check {
    /// The unique name among the program's healthchecks.
    pub fn tag(&self) -> &str {
        self.tag
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

impl<T: Send + Sync + 'static> AnyHealthcheck for Healthcheck<T> {
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

/// What generated code makes of a failed try, for the report.
pub fn describe<E>(error: &E, view: View<E>) -> String {
    struct Shown<'a, E>(&'a E, View<E>);
    impl<E> Display for Shown<'_, E> {
        fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
            (self.1.show)(self.0, f)
        }
    }
    Shown(error, view).to_string()
}
