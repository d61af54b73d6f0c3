//! R94: what is counted of plans and providers, and how it adds up.

mod counts;
mod shown;
mod windows;

use ductape::{CallCounts, PlanStats, Runtime};

fn stats(runtime: &Runtime, tag: &str) -> PlanStats {
    runtime.plan(tag).expect("it is linked").stats()
}

fn calls(runtime: &Runtime, tag: &str, provider: &str) -> CallCounts {
    stats(runtime, tag).provider(provider).expect("the plan has it").since_start
}

/// Everything that has ended was counted in exactly one way.
fn assert_adds_up(stats: &PlanStats) {
    let runs = &stats.since_start;
    let ended = runs.successes + runs.degraded + runs.failures + runs.aborted + runs.dropped;
    assert_eq!(runs.calls, ended + stats.in_flight, "{stats}");
    for provider in &stats.providers {
        let calls = &provider.since_start;
        let ended = calls.successes + calls.failures + calls.timeouts + calls.throttled + calls.aborted + calls.dropped;
        assert_eq!(calls.calls, ended + provider.in_flight, "{stats}");
    }
}
