#![doc = include_str!("../README.md")]

pub use ductape_macros::{action, fallback, healthcheck, quota};
pub use ductape_runtime::{
    AllUnhealthy, Attempt, AttemptEnd, Backoff, Bind, Breaker, Builder, Bulkhead, Cache, CallCounts, Check, Dependency,
    Entry, Error, ErrorKind, Event, Events, Forced, Gate, Happened, Health, Healthcheck, Jitter, Latency, Monitor,
    Name, Occupancy, Outcome, Overall, Percent, Phase, Pick, Place, Plan, PlanHandle, PlanKind, PlanSnapshot,
    PlanStats, Provider, ProviderSnapshot, ProviderStats, Rate, RateLimit, Reading, Reconcile, Report, Result,
    RetryBudget, RunCounts, RunEnd, Runtime, RuntimeEvent, Scope, Shadowed, Skip, Skips, Snapshot, Source, StartError,
    Status, Tally, Trail, Trip, TripRate, UnknownTag, Verdict, WorstCase, attempt, check_health, guide, health,
    healthchecks, plan, plans, runtime,
};

#[doc(hidden)]
pub use ductape_runtime::__private;
