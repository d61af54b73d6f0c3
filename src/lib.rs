#![doc = include_str!("../README.md")]

pub use ductape_macros::{action, fallback, healthcheck, partial, quota, workflow};
pub use ductape_runtime::{
    AllUnhealthy, Attempt, AttemptEnd, Backoff, Bind, Breaker, Builder, Bulkhead, Cache, CallCounts, Changed, Check,
    Cleared, ClearedProvider, Dependency, Effective, EffectivePlan, Entry, Error, ErrorKind, Event, Events, Forced,
    Gate, Happened, Health, Healthcheck, Jitter, Latency, Monitor, Name, NotUndone, Occupancy, Origin, Outcome,
    Overall, Patch, PatchError, PatchFault, Percent, Phase, Pick, Place, Plan, PlanHandle, PlanKind, PlanSnapshot,
    PlanStats, Policy, Provider, ProviderSnapshot, ProviderStats, Rate, RateLimit, Reading, Reconcile, Report, Result,
    RetryBudget, RunCounts, RunEnd, Runtime, RuntimeEvent, Scope, Setting, Shadowed, Skip, Skips, Snapshot, Source,
    StartError, Status, Tally, Totals, Trail, Trip, TripRate, UnknownProvider, UnknownTag, Verdict, WorkflowError,
    WorkflowResult, WorstCase, attempt, check_health, guide, health, healthchecks, plan, plans, runtime,
};

#[cfg(feature = "catalog")]
pub use ductape_catalog as catalog;
#[cfg(feature = "console")]
pub use ductape_console as console;
#[cfg(feature = "catalog")]
pub use ductape_macros::definitions;
#[doc(hidden)]
pub use ductape_runtime::__private;
#[cfg(feature = "testing")]
pub use ductape_runtime::testing;
