//! The history of providers: what they did in each hour.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ductape_runtime::{Latency, Name, Totals};
use serde::{Serialize, Serializer};

use super::{Store, StoreError};

/// How long history is kept: 30 days.
pub const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

const HOUR: Duration = Duration::from_secs(60 * 60);

/// How often what has been counted is written down: so much is lost, at most, when the process is killed.
const PAUSE: Duration = Duration::from_secs(10);

/// What a provider of a plan did in one hour. Serializes flat, times in milliseconds.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Hour {
    /// The tag of the plan.
    pub plan: String,
    /// The provider.
    pub provider: String,
    /// The hour, counted since 1970 in UTC.
    pub number: u64,
    /// What its attempts came to.
    pub totals: Totals,
}

impl Hour {
    /// Of the hour in which this moment lies.
    pub fn new(plan: impl Into<String>, provider: impl Into<String>, at: SystemTime, totals: Totals) -> Self {
        Self { plan: plan.into(), provider: provider.into(), number: number(at), totals }
    }

    /// When it began.
    pub fn began(&self) -> SystemTime {
        let seconds = self.number.saturating_mul(HOUR.as_secs());
        UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).unwrap_or(UNIX_EPOCH)
    }
}

impl Serialize for Hour {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Flat<'a> {
            plan: &'a str,
            provider: &'a str,
            began: u64,
            calls: u64,
            successes: u64,
            failures: u64,
            timeouts: u64,
            latency: Latency,
        }
        let Self { plan, provider, number, totals } = self;
        Flat {
            plan,
            provider,
            began: number.saturating_mul(HOUR.as_secs() * 1_000),
            calls: totals.calls,
            successes: totals.successes(),
            failures: totals.failures,
            timeouts: totals.timeouts,
            latency: totals.latency(),
        }
        .serialize(serializer)
    }
}

/// The hour in which a moment lies.
pub(super) fn number(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / HOUR.as_secs()
}

/// The oldest hour that is kept now.
pub(super) fn oldest(now: SystemTime) -> u64 {
    number(now).saturating_sub(KEPT.as_secs() / HOUR.as_secs())
}

/// Turns running totals into history: what has come since the last look belongs to the hour of that look, which a
/// [`pause`](Self::pause) does not go beyond.
///
/// What could not be written is kept, and written with the next.
#[derive(Debug, Default)]
pub struct Recorder {
    seen: HashMap<(Name, Name), (Totals, SystemTime)>,
    waiting: BTreeMap<(u64, Name, Name), Totals>,
}

impl Recorder {
    /// One that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long to wait for the next look: up to ten seconds, and not beyond the end of an hour.
    pub fn pause(now: SystemTime) -> Duration {
        let into = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let left = HOUR.as_secs() - into.as_secs() % HOUR.as_secs();
        PAUSE.min(Duration::from_secs(left)).max(Duration::from_secs(1))
    }

    /// What the providers of a plan have come to by now is none of this history.
    pub fn pass(&mut self, plan: &Name, totals: Vec<(Name, Totals)>) {
        let now = SystemTime::now();
        self.seen.extend(totals.into_iter().map(|(provider, totals)| ((plan.clone(), provider), (totals, now))));
    }

    /// Looks at what the providers of a plan have come to, from [`PlanHandle::totals`](ductape_runtime::PlanHandle::totals).
    pub fn observe(&mut self, plan: &Name, totals: Vec<(Name, Totals)>, now: SystemTime) {
        for (provider, totals) in totals {
            let key = (plan.clone(), provider);
            // Fewer than before: the plan has been made anew.
            let earlier = self.seen.get(&key).filter(|(earlier, _)| earlier.calls <= totals.calls);
            let (came, since) = match earlier {
                Some((earlier, looked)) => (totals.since(earlier), *looked),
                None => (totals.clone(), now),
            };
            if !came.is_zero() {
                let (plan, provider) = key.clone();
                let waiting = self.waiting.entry((number(since), plan, provider)).or_default();
                *waiting = waiting.and(&came);
            }
            self.seen.insert(key, (totals, now));
        }
    }

    /// A provider goes by another name from now on: what is seen of it then, it has gone on with.
    pub fn rename(&mut self, plan: &Name, from: &Name, to: &Name) {
        if let Some(seen) = self.seen.remove(&(plan.clone(), from.clone())) {
            self.seen.insert((plan.clone(), to.clone()), seen);
        }
        let theirs = self.waiting.keys().filter(|(_, of, provider)| of == plan && provider == from);
        for (number, plan, from) in theirs.cloned().collect::<Vec<_>>() {
            let totals = self.waiting.remove(&(number, plan.clone(), from)).unwrap_or_default();
            let waiting = self.waiting.entry((number, plan, to.clone())).or_default();
            *waiting = waiting.and(&totals);
        }
    }

    /// Begins anew with the providers for which `is_there` says no: one of the same name that comes later is another one.
    pub fn keep(&mut self, is_there: impl Fn(&Name, &Name) -> bool) {
        self.seen.retain(|(plan, provider), _| is_there(plan, provider));
    }

    /// Writes down what has come.
    ///
    /// # Errors
    ///
    /// Those of the store; what has come is then kept for the next time, up to 30 days of it.
    pub async fn flush(&mut self, store: &dyn Store, now: SystemTime) -> Result<(), StoreError> {
        self.waiting.retain(|(hour, ..), _| *hour >= oldest(now));
        if self.waiting.is_empty() {
            return Ok(());
        }
        let hours = self.waiting.iter().map(|((number, plan, provider), totals)| Hour {
            plan: plan.to_string(),
            provider: provider.to_string(),
            number: *number,
            totals: totals.clone(),
        });
        store.record(hours.collect()).await?;
        self.waiting.clear();
        Ok(())
    }
}
