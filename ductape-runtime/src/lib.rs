//! The engine, policies and runtime of ductape; use the `ductape` crate.

mod cache;
mod drive;
pub mod dynamic;
mod engine;
mod error;
mod health;
mod moment;
mod name;
mod observe;
mod outcome;
mod patch;
mod plan;
mod runtime;
mod sync;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
mod told;
mod trail;
mod typing;
mod verdict;
mod workflow_error;

pub use cache::Cache;
pub use drive::{Attempt, attempt};
pub use engine::{
    Breaker, Bulkhead, Forced, Occupancy, Percent, Phase, Rate, RateLimit, Reading, RetryBudget, Tally, Trip, TripRate,
};
pub use error::{Error, ErrorKind};
pub use health::{Check, Health, Healthcheck, Overall, Report, Status};
pub use name::Name;
pub use observe::{
    AttemptEnd, CallCounts, Events, Gate, Happened, Latency, PlanStats, ProviderStats, RunCounts, RunEnd, RuntimeEvent,
    Shadowed, Skips, Totals,
};
pub use outcome::{Outcome, Source};
pub use patch::{Changed, Origin, Patch, PatchError, PatchFault, Setting};
pub use plan::{
    AllUnhealthy, Backoff, Dependency, Jitter, Pick, Place, Plan, PlanKind, Policy, Provider, Reconcile, WorstCase,
};
pub use runtime::{
    Bind, Builder, Cleared, ClearedProvider, Effective, EffectivePlan, Monitor, PlanHandle, PlanSnapshot,
    ProviderSnapshot, Runtime, Scope, Snapshot, StartError, UnknownProvider, UnknownTag, check_health, health,
    healthchecks, plan, plans, runtime,
};
pub use trail::{Entry, Event, Skip, Trail};
pub use verdict::Verdict;
pub use workflow_error::{NotUndone, WorkflowError, WorkflowResult};

/// What plans do, where it takes more than a sentence to say.
pub mod guide {
    #[doc = include_str!("../docs/sticky.md")]
    pub mod sticky {}

    #[doc = include_str!("../docs/metrics.md")]
    pub mod metrics {}
}

/// What a plan's function returns: its value, or why there is none.
pub type Result<T, E> = std::result::Result<T, Error<E>>;

/// What generated code names. Not part of the public interface: it may change with every version.
#[doc(hidden)]
pub mod __private {
    /// Of this version: the macros are pinned to it.
    pub mod v0_1 {
        pub use core::convert::identity;
        pub use core::file;
        pub use core::future::poll_fn;
        pub use core::option::Option::{self, None, Some};
        pub use core::pin::pin;
        pub use core::primitive::{bool, f64, u32};
        pub use core::result::Result::{self, Err, Ok};
        pub use core::time::Duration;
        pub use std::boxed::Box;
        pub use std::vec::Vec;

        pub use inventory;

        pub use crate::cache::{Cache, CacheKey, CachedError, CachedValue, Key, OwnKey};
        pub use crate::drive::{
            Cached, Caching, Clock, Converted, Ended, Flat, Group, Hedged, Part, PartRun, Partial, Run, Saved, Workflow,
        };
        pub use crate::engine::{Block, Breaker, Bulkhead, Percent, Rate, RateLimit, RetryBudget};
        pub use crate::health::{AnyHealthcheck, Healthcheck, HealthcheckClauses, ProbeFuture};
        pub use crate::plan::{
            AllUnhealthy, Backoff, Jitter, Need, Pick, Place, PlanClauses, Provider, ProviderClauses, Site, check,
        };
        pub use crate::typing::{
            Answer, Borrowed, ByDebug, ByDeref, ByDisplay, ByError, ByNothing, ByScript, ErrorType, Errors, Form,
            Judge, Misfit, OwnPlain, PartialForm, PartialMisfit, Plain, Returns, ReturnsResult, ReturnsWorkflow,
            Shareable, Signature, Unshareable, View, WorkflowExit, WorkflowForm, WorkflowMisfit, any_result, judge,
            retry_all,
        };
    }
}
