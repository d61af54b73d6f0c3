#![doc = include_str!("../README.md")]

pub use ductape_macros::{action, fallback, healthcheck, quota};
pub use ductape_runtime::{
    AllUnhealthy, Attempt, Backoff, Bind, Builder, Check, Entry, Error, ErrorKind, Event, Health, Healthcheck, Jitter,
    Monitor, Name, Outcome, Overall, Pick, Place, Plan, PlanKind, Provider, Reconcile, Report, Result, Runtime, Scope,
    Skip, Source, StartError, Status, Trail, UnknownTag, Verdict, WorstCase, attempt, check_health, guide, health,
    healthchecks, plan, plans, runtime,
};

#[doc(hidden)]
pub use ductape_runtime::__private;
