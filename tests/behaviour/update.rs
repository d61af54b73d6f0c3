//! R90: what a patch changes in a running plan, and what it leaves alone.

mod compiler;
mod effects;
mod faults;
mod state;
mod threads;
mod unknown;

use ductape::{Patch, PlanHandle, Runtime, fallback, quota};
use serde_json::Value;

use crate::support::{Answer, Script, Scripted};

#[quota(tag = "update-quota", classify(Scripted::verdict))]
pub(crate) async fn shares(a: &Script, b: &Script) -> Answer {
    #[provider("a", weight = 70)]
    {
        a.call().await
    }
    #[provider("b", weight = 30)]
    {
        b.call().await
    }
}

#[fallback(tag = "update-pair", classify(Scripted::verdict), timeout = "1s", deadline = "3s")]
pub(crate) async fn pair(a: &Script, b: &Script) -> Answer {
    #[primary("a", retries = 1, backoff(base = "10ms", factor = 1, jitter = "none"))]
    {
        a.call().await
    }
    #[fallback("b")]
    {
        b.call().await
    }
}

/// The handle of a plan, whose tag is known.
pub(crate) fn handle(runtime: &Runtime, tag: &str) -> PlanHandle {
    runtime.plan(tag).expect("it is linked")
}

/// A patch as people send it.
pub(crate) fn patch(json: Value) -> Patch {
    serde_json::from_value(json).expect("a table is a patch")
}
