use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use serde::Serialize;

use super::Runtime;
use super::plan_handle::PlanHandle;
use super::steer::UnknownProvider;
use crate::Name;
use crate::engine::{LivePlan, Occupancy, Reading, Status};
use crate::health::Health;
use crate::moment::Moment;
use crate::observe::PlanStats;
use crate::text::Span;

/// All that can be seen of a runtime at one moment, from [`Runtime::snapshot`].
///
/// `Display` prints a table for each plan, and under it how its providers stand.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Snapshot {
    /// The product that the runtime serves.
    pub product: String,
    /// The environment that it serves.
    pub env: String,
    /// What its healthchecks know.
    pub health: Health,
    /// Every plan, as [`Runtime::plans`] has them; those that have not run yet as well.
    pub plans: Vec<PlanSnapshot>,
}

/// What a plan has done, and how its providers stand.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PlanSnapshot {
    /// What it has done.
    pub stats: PlanStats,
    /// How its providers stand, in the order of their blocks.
    pub providers: Vec<ProviderSnapshot>,
}

/// How a provider stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ProviderSnapshot {
    /// The provider.
    pub provider: Name,
    /// Why an operator has taken it out.
    pub cordoned: Option<Name>,
    /// What its healthcheck says; `None` without one.
    pub health: Option<Status>,
    /// How its breaker stands; `None` without one.
    pub breaker: Option<Reading>,
    /// How full its bulkhead is; `None` without one.
    pub bulkhead: Option<Occupancy>,
    /// How much longer it is left alone, since it asked for that.
    #[serde(serialize_with = "crate::text::millis_option")]
    pub throttled: Option<Duration>,
}

impl Runtime {
    /// How every plan stands in this runtime, and what it has done.
    ///
    /// ```
    /// # extern crate ductape_runtime as ductape;
    /// let snapshot = ductape::runtime().snapshot();
    /// println!("{snapshot}\n{}", serde_json::to_string(&snapshot).unwrap());
    /// ```
    pub fn snapshot(&self) -> Snapshot {
        let plans = self.plans();
        Snapshot {
            product: self.product().to_owned(),
            env: self.env().to_owned(),
            health: self.health(),
            plans: plans.iter().map(PlanHandle::snapshot).collect(),
        }
    }
}

impl PlanHandle {
    /// How the plan stands in this runtime, and what it has done.
    pub fn snapshot(&self) -> PlanSnapshot {
        let (live, now) = (self.live(), Moment::now());
        let providers = (0..live.plan.all().len()).map(|index| ProviderSnapshot::of(&live, index, now));
        PlanSnapshot { stats: self.stats(), providers: providers.collect() }
    }

    /// How a provider of the plan stands in this runtime.
    ///
    /// # Errors
    ///
    /// When the plan has no such provider; the message names the nearest ones.
    pub fn provider(&self, provider: &str) -> Result<ProviderSnapshot, UnknownProvider> {
        let index = self.known(provider)?;
        Ok(ProviderSnapshot::of(&self.live(), index, Moment::now()))
    }
}

impl ProviderSnapshot {
    fn of(live: &LivePlan, index: usize, now: Moment) -> Self {
        Self {
            provider: live.plan.all()[index].name.clone(),
            cordoned: live.cordoned(index),
            health: live.health(index, now),
            breaker: live.read_breaker(index, now),
            bulkhead: live.occupancy(index),
            throttled: live.throttled(index, now),
        }
    }
}

impl Display for Snapshot {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "health: {}", self.health.status)?;
        for plan in &self.plans {
            write!(f, "\n\n{plan}")?;
        }
        Ok(())
    }
}

impl Display for PlanSnapshot {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.stats, f)?;
        self.providers.iter().try_for_each(|provider| Display::fmt(provider, f))
    }
}

/// A line, if there is anything to say.
impl Display for ProviderSnapshot {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut said = Vec::new();
        said.extend(self.cordoned.as_ref().map(|reason| format!("cordoned: {reason}")));
        said.extend(self.health.map(|health| health.to_string()));
        said.extend(self.breaker.map(|breaker| match breaker.forced {
            Some(forced) => format!("breaker forced {forced}, else {}", breaker.phase),
            None => format!("breaker {}", breaker.phase),
        }));
        said.extend(self.bulkhead.map(|places| format!("{} at once, {} waiting", places.taken, places.waiting)));
        said.extend(self.throttled.map(|left| format!("throttled for {}", Span(left))));
        if said.is_empty() { Ok(()) } else { write!(f, "\n{}: {}", self.provider, said.join(", ")) }
    }
}
