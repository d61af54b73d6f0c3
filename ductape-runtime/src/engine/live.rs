use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;

use super::choice::{Orders, Set};
use super::random::Seeds;
use crate::Name;
use crate::moment::Moment;
use crate::plan::{Plan, Provider};

/// A plan in force: its definition, joined with what its runs share.
#[derive(Debug)]
pub(crate) struct LivePlan {
    pub(crate) plan: Cow<'static, Plan>,
    pub(crate) seeds: Arc<Seeds>,
    providers: Box<[LiveProvider]>,
    pub(super) orders: Orders,
    /// The providers that get traffic at all.
    pub(super) serving: Set,
    /// Those of them that are chosen by weight.
    pub(super) weighted: Set,
    /// What every run of this plan ends within, by the bounds of its steps.
    pub(super) longest_run: Duration,
}

/// What runs share of one provider.
#[derive(Debug)]
pub(crate) struct LiveProvider {
    throttled_until: AtomicU64,
    pub(super) health: Option<Arc<HealthCell>>,
}

/// The longest that a provider can have itself left alone for.
const LONGEST_THROTTLE: Duration = Duration::from_secs(5 * 60);

impl LivePlan {
    /// Joins a definition with fresh state; `health` finds the cell of a provider's healthcheck.
    pub(crate) fn new(
        plan: Cow<'static, Plan>,
        seeds: Arc<Seeds>,
        health: impl Fn(&Provider) -> Option<Arc<HealthCell>>,
    ) -> Self {
        let of = |keep: fn(&Provider) -> bool| {
            let indexes = plan.providers().iter().enumerate().filter(|(_, provider)| keep(provider));
            indexes.fold(Set::EMPTY, |set, (index, _)| set.with(index))
        };
        let weights: Vec<u32> = plan.providers().iter().map(|provider| provider.weight().unwrap_or(0)).collect();
        Self {
            providers: plan.providers().iter().map(|provider| LiveProvider::new(health(provider))).collect(),
            orders: Orders::new(&weights, seeds.seed() ^ super::choice::key_hash(plan.tag())),
            serving: of(|provider| !provider.drained()),
            weighted: of(|provider| provider.weight().is_some_and(|weight| weight > 0)),
            longest_run: plan.longest_run(),
            plan,
            seeds,
        }
    }

    /// The name under which the provider, or the degrade block, is known to people.
    pub(crate) fn name_of(&self, index: usize) -> Name {
        self.plan.providers().get(index).map_or(Name::from_static("degrade"), |provider| provider.name.clone())
    }

    /// The definition and the state of the provider at `index`.
    pub(super) fn provider(&self, index: usize) -> (&Provider, &LiveProvider) {
        (&self.plan.providers()[index], &self.providers[index])
    }
}

impl LiveProvider {
    fn new(health: Option<Arc<HealthCell>>) -> Self {
        Self { throttled_until: AtomicU64::new(0), health }
    }

    /// Every run leaves the provider alone for `time` from `now` on; the longest such wish counts.
    pub(super) fn throttle(&self, now: Moment, time: Duration) {
        let until = now + time.min(LONGEST_THROTTLE);
        self.throttled_until.fetch_max(until.0, Ordering::Relaxed);
    }

    /// How much longer the provider is left alone.
    pub(super) fn throttled(&self, now: Moment) -> Option<Duration> {
        let left = Moment(self.throttled_until.load(Ordering::Relaxed)).since(now);
        (!left.is_zero()).then_some(left)
    }
}

/// What a healthcheck knows of its provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Status {
    /// Never checked, or so long ago that it says nothing. Counts as available.
    #[default]
    Unknown,
    /// The last checks were good.
    Healthy,
    /// The last checks were bad.
    Unhealthy,
}

impl Display for Status {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Unknown => "unknown",
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
        })
    }
}

/// The status of a healthcheck as runs read it: one word, which holds the status and how long it is good for.
#[derive(Debug, Default)]
pub(crate) struct HealthCell(AtomicU64);

/// The two low bits hold the status, the others the moment, a few nanoseconds coarser.
const STATUS_BITS: u64 = 0b11;

impl HealthCell {
    pub(crate) fn set(&self, status: Status, good_until: Moment) {
        self.0.store(good_until.0 & !STATUS_BITS | status as u64, Ordering::Relaxed);
    }

    /// Unknown once it is older than it may be.
    pub(crate) fn status(&self, now: Moment) -> Status {
        let word = self.0.load(Ordering::Relaxed);
        if word | STATUS_BITS < now.0 {
            return Status::Unknown;
        }
        match word & STATUS_BITS {
            1 => Status::Healthy,
            2 => Status::Unhealthy,
            _ => Status::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r53_a_status_is_good_up_to_its_last_moment_whatever_its_low_bits() {
        for until in 1_000..1_008 {
            let cell = HealthCell::default();
            cell.set(Status::Unhealthy, Moment(until));
            assert_eq!(cell.status(Moment(until)), Status::Unhealthy);
            assert_eq!(cell.status(Moment(until + 4)), Status::Unknown);
        }
        assert_eq!(HealthCell::default().status(Moment(1_000)), Status::Unknown);
    }
}
