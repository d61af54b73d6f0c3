use std::time::Duration;

use serde::Serialize;

use super::provider::ProviderPolicy;
use super::{Plan, PlanKind, Provider};

/// What a run can come to at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WorstCase {
    /// Calls of providers' blocks.
    pub attempts: u64,
    /// From the look at the first provider to the answer.
    #[serde(serialize_with = "crate::text::span")]
    pub time: Duration,
}

impl Provider {
    /// Its whole turn: every try at full length, every wait at its bound, and every question asked to the end.
    pub(crate) fn longest_turn(&self) -> Duration {
        let ProviderPolicy { retries, backoff, timeout, reconcile, .. } = self.policy;
        let tries = retries.saturating_add(1);
        let waits = backoff.bound_of_all(retries);
        let asked = |after: Duration| after.saturating_add(timeout.saturating_mul(tries)).saturating_add(waits);
        let question = reconcile.map_or(Duration::ZERO, |reconcile| asked(reconcile.after));
        let entry = self.policy.entry();
        entry.saturating_add(timeout).saturating_add(question).saturating_mul(tries).saturating_add(waits)
    }
}

impl Plan {
    /// What a run can come to at most: attempts, and time.
    ///
    /// With a deadline, the time is the smaller of it and the sum of all turns. Of a workflow or a partial it tells of each
    /// step, undo and part once: nobody knows how often a loop in it goes round, and what stands between its steps. Undos
    /// come on top of the deadline, which bounds steps alone.
    pub fn worst_case(&self) -> WorstCase {
        let undos = self.providers[self.providers().len()..].iter().map(Provider::longest_turn);
        let undos = undos.fold(Duration::ZERO, Duration::saturating_add);
        let time = self.longest_run();
        let bounded = |deadline: Duration| deadline.min(time.saturating_sub(undos)).saturating_add(undos);
        WorstCase { attempts: self.most_attempts(), time: self.policy.deadline.map_or(time, bounded) }
    }

    fn most_attempts(&self) -> u64 {
        self.over_turns(|provider| u64::from(provider.max_attempts()), 0, u64::saturating_add)
    }

    pub(crate) fn longest_run(&self) -> Duration {
        let turns = self.over_turns(Provider::longest_turn, Duration::ZERO, Duration::saturating_add);
        turns.saturating_add(self.policy.degrade.unwrap_or_default())
    }

    /// Over the turns that one run can have: all providers that get traffic, or without failover the worst of them.
    fn over_turns<V: Ord + Copy>(&self, value: impl Fn(&Provider) -> V, none: V, add: impl Fn(V, V) -> V) -> V {
        let turns = self.providers.iter().filter(|provider| !provider.drained()).map(value);
        if self.kind == PlanKind::Quota && !self.policy.failover {
            turns.max().unwrap_or(none)
        } else {
            turns.fold(none, add)
        }
    }
}
