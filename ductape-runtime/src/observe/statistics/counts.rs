use serde::Serialize;

use super::Latency;
use crate::Name;
use crate::trail::Skip;

/// What a plan and its providers have done, from [`PlanHandle::stats`](crate::PlanHandle::stats).
///
/// `Display` prints it as a table, a block for each window. Of the windows, the last minute is the 52 to 60 seconds
/// before, the last hour the 52 to 60 minutes.
///
/// Everything that began is counted once more when it ends, in exactly one way: so
/// `calls = successes + cached + stale + degraded + failures + aborted + dropped`, but for what is `in_flight`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PlanStats {
    /// The tag of the plan.
    pub plan: Name,
    /// Runs under way.
    pub in_flight: u64,
    /// Over the last minute.
    pub last_minute: RunCounts,
    /// Over the last hour.
    pub last_hour: RunCounts,
    /// Since the runtime was made, or since the last reset.
    pub since_start: RunCounts,
    /// Its providers, in the order of their blocks.
    pub providers: Vec<ProviderStats>,
}

/// What a provider of a plan has done.
///
/// Here, too, what began is counted in exactly one way when it ends: so
/// `calls = successes + failures + timeouts + throttled + aborted + dropped`, but for what is `in_flight`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ProviderStats {
    /// The provider.
    pub provider: Name,
    /// Attempts under way.
    pub in_flight: u64,
    /// Over the last minute.
    pub last_minute: CallCounts,
    /// Over the last hour.
    pub last_hour: CallCounts,
    /// Since the runtime was made, or since the last reset.
    pub since_start: CallCounts,
}

/// The runs of a plan within some time.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[non_exhaustive]
pub struct RunCounts {
    /// Runs that began.
    pub calls: u64,
    /// Runs that ended with the value of a provider.
    pub successes: u64,
    /// Runs that ended with a fresh value of an earlier run, or with that of one they waited for.
    pub cached: u64,
    /// Runs that ended with an old value, since the providers had failed.
    pub stale: u64,
    /// Runs that ended with the value of the `#[degrade]` block.
    pub degraded: u64,
    /// Runs that failed, and those that panicked.
    pub failures: u64,
    /// Runs that an error ended which no provider would have done better about: `Verdict::Abort`.
    pub aborted: u64,
    /// Runs that their callers dropped.
    pub dropped: u64,
    /// Attempts after the first of a provider's turn.
    pub retries: u64,
    /// Turns that began beside others, since these were slow.
    pub hedges: u64,
    /// Successes that a fallback made possible: another provider had failed or was refused before, for any reason but
    /// its `when(…)` or an operator's wish.
    pub masked: u64,
    /// What all attempts cost, by the `cost` of their providers.
    pub cost: f64,
    /// How much more the fallbacks of the masked failures cost than the providers that they stood in for; negative
    /// when they are cheaper.
    pub extra_cost: f64,
    /// How long successes took, from the beginning of the run on.
    pub latency: Latency,
}

/// The attempts of a provider within some time.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[non_exhaustive]
pub struct CallCounts {
    /// Attempts that began.
    pub calls: u64,
    /// Attempts that ended with a value.
    pub successes: u64,
    /// Attempts that ended with an error that says that the provider does not work, or with a panic.
    pub failures: u64,
    /// Attempts that were cut off by their timeout or the deadline.
    pub timeouts: u64,
    /// Attempts after which the provider asked to be left alone: `Verdict::Throttled`.
    pub throttled: u64,
    /// Attempts that the provider answered with an error that no other would do better about: `Verdict::Abort`.
    pub aborted: u64,
    /// Attempts that were dropped: by their callers, or since another provider of a hedged run was faster.
    pub dropped: u64,
    /// Attempts after the first of a turn.
    pub retries: u64,
    /// Turns that began beside those of other providers, since these were slow.
    pub hedges: u64,
    /// Attempts of which a `#[reconcile]` block found that they had taken effect; they are counted as timeouts or
    /// failures as well.
    pub reconciled: u64,
    /// Successes that a fallback made possible, of which it was the first provider that failed or was refused.
    pub masked: u64,
    /// How often it was refused.
    pub skips: Skips,
    /// How often it was let in against the decision of a policy that is in shadow, or forced.
    pub shadowed: Shadowed,
    /// What its attempts cost.
    pub cost: f64,
    /// How long successes took.
    pub latency: Latency,
}

/// How often a provider was refused, by the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Skips {
    /// An operator had taken it out.
    pub cordoned: u64,
    /// Its `when(…)` was false.
    pub when: u64,
    /// Its healthcheck said so.
    pub unhealthy: u64,
    /// Its breaker was open.
    pub breaker_open: u64,
    /// Its bulkhead was full.
    pub bulkhead_full: u64,
    /// Its rate limit had no token.
    pub rate_limited: u64,
    /// It had asked to be left alone.
    pub throttled: u64,
    /// The plan's retry budget was spent.
    pub over_budget: u64,
    /// Nothing was left of the deadline.
    pub no_time: u64,
}

/// How often a provider was let in against the decision of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Shadowed {
    /// Of its breaker.
    pub breaker: u64,
    /// Of its bulkhead.
    pub bulkhead: u64,
    /// Of its rate limit.
    pub rate_limit: u64,
}

impl PlanStats {
    /// Those of the provider of that name.
    pub fn provider(&self, name: &str) -> Option<&ProviderStats> {
        self.providers.iter().find(|stats| stats.provider == name)
    }
}

/// How many reasons there are to refuse a provider.
pub(in crate::observe) const REASONS: usize = 9;

/// The place of a reason among the counters.
pub(in crate::observe) const fn reason(skip: Skip) -> usize {
    match skip {
        Skip::Cordoned => 0,
        Skip::When => 1,
        Skip::Unhealthy => 2,
        Skip::BreakerOpen { .. } => 3,
        Skip::BulkheadFull => 4,
        Skip::RateLimited { .. } => 5,
        Skip::Throttled { .. } => 6,
        Skip::OverBudget => 7,
        Skip::NoTime => 8,
    }
}

impl Skips {
    /// For all reasons together.
    pub fn total(&self) -> u64 {
        self.by_reason().iter().map(|(_, count)| count).sum()
    }

    /// Each reason, as it is called in JSON, with its count.
    pub fn by_reason(&self) -> [(&'static str, u64); REASONS] {
        [
            ("cordoned", self.cordoned),
            ("when", self.when),
            ("unhealthy", self.unhealthy),
            ("breaker_open", self.breaker_open),
            ("bulkhead_full", self.bulkhead_full),
            ("rate_limited", self.rate_limited),
            ("throttled", self.throttled),
            ("over_budget", self.over_budget),
            ("no_time", self.no_time),
        ]
    }

    /// From counters in the order of [`reason`].
    pub(super) fn of(counts: [u64; REASONS]) -> Self {
        let [cordoned, when, unhealthy, breaker_open, bulkhead_full, rate_limited, throttled, over_budget, no_time] =
            counts;
        Self { cordoned, when, unhealthy, breaker_open, bulkhead_full, rate_limited, throttled, over_budget, no_time }
    }
}
