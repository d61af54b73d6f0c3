//! From what is told to what is counted, and back to what people see.

use std::array;
use std::sync::Arc;

use super::counts::{REASONS, reason};
use super::recorder::{Recorder, Sums, Windows};
use super::{CallCounts, Latency, PlanStats, ProviderStats, RunCounts, Shadowed, Skips, Totals};
use crate::moment::Moment;
use crate::observe::{AttemptEnd, Gate, Note, RunEnd, Start};
use crate::plan::Plan;

/// The counters of a plan and of its providers: 24 KiB for each of them.
#[derive(Debug)]
pub(in crate::observe) struct Statistics {
    runs: Arc<Recorder<RUN_COUNTS>>,
    providers: Box<[Arc<Recorder<CALL_COUNTS>>]>,
}

/// What is counted of runs, beside the latency of successes and the extra cost. What begins comes first.
#[derive(Clone, Copy)]
enum Run {
    Calls,
    Cached,
    Stale,
    Degraded,
    Failures,
    Aborted,
    Dropped,
}

const RUN_COUNTS: usize = Run::Dropped as usize + 1;

/// What is counted of attempts, beside the latency of successes and the cost. What begins comes first.
#[derive(Clone, Copy)]
enum Call {
    Calls,
    Failures,
    Timeouts,
    Throttled,
    Aborted,
    Dropped,
    Retries,
    Hedges,
    Reconciled,
    Masked,
    ShadowedBreaker,
    ShadowedBulkhead,
    ShadowedRateLimit,
    /// From here on, a counter for each reason.
    Skips,
}

const CALL_COUNTS: usize = Call::Skips as usize + REASONS;

impl Statistics {
    pub(in crate::observe) fn new(providers: usize) -> Self {
        let fresh = |_| Arc::new(Recorder::new());
        Self { runs: Arc::new(Recorder::new()), providers: (0..providers).map(fresh).collect() }
    }

    /// Of providers some of which had a place here before, and keep what was counted of them.
    pub(in crate::observe) fn succeeded_by(&self, kept: &[Option<usize>]) -> Self {
        let kept = kept.iter().map(|kept| kept.and_then(|kept| self.providers.get(kept)));
        let providers = kept.map(|kept| kept.map_or_else(|| Arc::new(Recorder::new()), Arc::clone));
        Self { runs: Arc::clone(&self.runs), providers: providers.collect() }
    }

    #[expect(clippy::inline_always, reason = "every caller knows its note: of all arms, one is left there")]
    #[inline(always)]
    pub(in crate::observe) fn tell(&self, plan: &Plan, now: Moment, note: Note) {
        match note {
            Note::RunBegan => self.runs.count(now, Run::Calls as usize),
            Note::RunEnded(run) => {
                if let (Some(served), Some(masked)) = (run.provider, run.masked) {
                    self.masked(plan, now, masked, served);
                }
                let what = match run.end {
                    RunEnd::Served => return self.runs.count_latency(now, run.took),
                    RunEnd::Cached => Run::Cached,
                    RunEnd::Stale => Run::Stale,
                    RunEnd::Degraded => Run::Degraded,
                    RunEnd::Aborted => Run::Aborted,
                    RunEnd::Dropped => Run::Dropped,
                    RunEnd::Exhausted | RunEnd::Deadline | RunEnd::Ambiguous | RunEnd::Panicked => Run::Failures,
                };
                self.runs.count(now, what as usize);
            }
            Note::AttemptBegan { provider, start } => {
                let recorder = &self.providers[provider];
                recorder.count(now, Call::Calls as usize);
                match start {
                    Start::Retry => recorder.count(now, Call::Retries as usize),
                    Start::Hedge => recorder.count(now, Call::Hedges as usize),
                    Start::First | Start::Failover { .. } => {}
                }
                let cost = plan.all()[provider].cost();
                if cost != 0.0 {
                    recorder.add_cost(now, cost);
                }
            }
            Note::AttemptEnded { provider, end, took, .. } => {
                let recorder = &self.providers[provider];
                let what = match end {
                    AttemptEnd::Served => return recorder.count_latency(now, took),
                    AttemptEnd::Failed | AttemptEnd::Panicked => Call::Failures,
                    AttemptEnd::TimedOut => Call::Timeouts,
                    AttemptEnd::Throttled => Call::Throttled,
                    AttemptEnd::Aborted => Call::Aborted,
                    AttemptEnd::Dropped => Call::Dropped,
                };
                recorder.count(now, what as usize);
            }
            Note::Skipped { provider, skip } => {
                self.providers[provider].count(now, Call::Skips as usize + reason(skip));
            }
            Note::Shadowed { provider, gate } => {
                let what = match gate {
                    Gate::Breaker => Call::ShadowedBreaker,
                    Gate::Bulkhead => Call::ShadowedBulkhead,
                    Gate::RateLimit => Call::ShadowedRateLimit,
                };
                self.providers[provider].count(now, what as usize);
            }
            Note::Reconciled { provider } => self.providers[provider].count(now, Call::Reconciled as usize),
            Note::Retry { .. } | Note::BreakerChanged { .. } => {}
        }
    }

    #[cold]
    fn masked(&self, plan: &Plan, now: Moment, masked: usize, served: usize) {
        self.providers[masked].count(now, Call::Masked as usize);
        let cost = |provider: usize| plan.all()[provider].cost();
        let extra = cost(served) - cost(masked);
        if extra != 0.0 {
            self.runs.add_cost(now, extra);
        }
    }

    /// Begins all counting anew, but for what is under way; answers with what was counted.
    pub(in crate::observe) fn reset(&self, plan: &Plan, now: Moment) -> PlanStats {
        shown(plan, self.providers.iter().map(|provider| provider.reset(now)), || self.runs.reset(now))
    }

    /// Those of each provider at all, resets notwithstanding.
    pub(in crate::observe) fn totals(&self, now: Moment) -> impl Iterator<Item = Totals> {
        self.providers.iter().map(move |recorder| {
            let ever = recorder.read(now).ever;
            let of = |what: Call| ever.counts[what as usize];
            Totals::new(of(Call::Calls), of(Call::Failures), of(Call::Timeouts), &ever.latency)
        })
    }

    pub(in crate::observe) fn read(&self, plan: &Plan, now: Moment) -> PlanStats {
        shown(plan, self.providers.iter().map(|provider| provider.read(now)), || self.runs.read(now))
    }
}

/// Providers are asked before runs, whose ends are counted after those of attempts.
fn shown(
    plan: &Plan,
    providers: impl Iterator<Item = Windows<CALL_COUNTS>>,
    runs: impl FnOnce() -> Windows<RUN_COUNTS>,
) -> PlanStats {
    let providers = providers.zip(plan.all()).map(|(windows, provider)| ProviderStats {
        provider: provider.name.clone(),
        in_flight: call_counts(&windows.ever).in_flight(),
        last_minute: call_counts(&windows.last_minute),
        last_hour: call_counts(&windows.last_hour),
        since_start: call_counts(&windows.since_start),
    });
    let providers: Vec<_> = providers.collect();
    let windows = runs();
    let counts = |sums: &Sums<RUN_COUNTS>, window: fn(&ProviderStats) -> &CallCounts| {
        run_counts(sums, providers.iter().map(window))
    };
    PlanStats {
        plan: plan.tag.clone(),
        in_flight: counts(&windows.ever, |provider| &provider.since_start).in_flight(),
        last_minute: counts(&windows.last_minute, |provider| &provider.last_minute),
        last_hour: counts(&windows.last_hour, |provider| &provider.last_hour),
        since_start: counts(&windows.since_start, |provider| &provider.since_start),
        providers,
    }
}

fn run_counts<'a>(sums: &Sums<RUN_COUNTS>, providers: impl Iterator<Item = &'a CallCounts>) -> RunCounts {
    let of = |what: Run| sums.counts[what as usize];
    let own = RunCounts {
        calls: of(Run::Calls),
        successes: sums.latency.iter().sum(),
        cached: of(Run::Cached),
        stale: of(Run::Stale),
        degraded: of(Run::Degraded),
        failures: of(Run::Failures),
        aborted: of(Run::Aborted),
        dropped: of(Run::Dropped),
        extra_cost: sums.cost,
        latency: Latency::of(&sums.latency),
        ..RunCounts::default()
    };
    providers.fold(own, |sum, provider| RunCounts {
        retries: sum.retries + provider.retries,
        hedges: sum.hedges + provider.hedges,
        masked: sum.masked + provider.masked,
        cost: sum.cost + provider.cost,
        ..sum
    })
}

fn call_counts(sums: &Sums<CALL_COUNTS>) -> CallCounts {
    let of = |what: Call| sums.counts[what as usize];
    CallCounts {
        calls: of(Call::Calls),
        successes: sums.latency.iter().sum(),
        failures: of(Call::Failures),
        timeouts: of(Call::Timeouts),
        throttled: of(Call::Throttled),
        aborted: of(Call::Aborted),
        dropped: of(Call::Dropped),
        retries: of(Call::Retries),
        hedges: of(Call::Hedges),
        reconciled: of(Call::Reconciled),
        masked: of(Call::Masked),
        skips: Skips::of(array::from_fn(|reason| sums.counts[Call::Skips as usize + reason])),
        shadowed: Shadowed {
            breaker: of(Call::ShadowedBreaker),
            bulkhead: of(Call::ShadowedBulkhead),
            rate_limit: of(Call::ShadowedRateLimit),
        },
        cost: sums.cost,
        latency: Latency::of(&sums.latency),
    }
}

impl RunCounts {
    /// What began and has not ended.
    fn in_flight(&self) -> u64 {
        let good = self.successes + self.cached + self.stale + self.degraded;
        self.calls.saturating_sub(good + self.failures + self.aborted + self.dropped)
    }
}

impl CallCounts {
    /// What began and has not ended.
    fn in_flight(&self) -> u64 {
        let good = self.successes + self.throttled + self.aborted;
        self.calls.saturating_sub(good + self.failures + self.timeouts + self.dropped)
    }
}

#[cfg(all(test, not(loom_models)))]
mod tests {
    use super::*;

    #[test]
    fn the_counters_of_a_provider_are_as_large_as_it_says() {
        // The copies are one allocation for each of the two rings.
        let recorder = Recorder::<CALL_COUNTS>::new();
        let bytes = size_of_val(&recorder) + recorder.heap();
        assert!(bytes <= 24 * 1_024, "{bytes} bytes");
    }
}
