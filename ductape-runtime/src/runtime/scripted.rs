//! Healthchecks of a test: what they find is scripted.

use std::any::Any;

use super::Runtime;
use super::handle::announce;
use super::registry::registry;
use crate::health::{AnyHealthcheck, Check, ProbeFuture};
use crate::moment::Moment;
use crate::testing::Script;

impl Runtime {
    /// What its providers and healthchecks do.
    pub(crate) fn script(&self) -> &Script {
        &self.0.script
    }

    /// Where its events go.
    pub(crate) fn hub(&self) -> &crate::observe::Hub {
        &self.0.hub
    }

    /// The healthcheck has found this, as many times as it takes.
    pub(crate) fn pretend(&self, tag: &str, good: bool) {
        // Those of other environments, too: a test says what it wants.
        let all = registry().healthchecks.iter().zip(&self.0.health);
        for (check, state) in all.filter(|(check, _)| check.definition().tag() == tag) {
            let found = if good { Ok(()) } else { Err(SCRIPTED.into()) };
            if let Some(change) = state.pretend(check.definition(), Moment::now(), &found) {
                announce(self, check.definition(), change);
            }
        }
    }
}

const SCRIPTED: &str = "scripted as unhealthy";

/// A healthcheck whose probes answer as a test has it.
pub(super) struct Pretended<'c> {
    pub(super) check: &'c dyn AnyHealthcheck,
    pub(super) good: bool,
}

impl AnyHealthcheck for Pretended<'_> {
    fn definition(&self) -> &Check {
        self.check.definition()
    }

    fn needs_binding(&self) -> bool {
        false
    }

    fn probe<'a>(&self, _: Option<&'a (dyn Any + Send + Sync)>) -> Option<ProbeFuture<'a>> {
        let found = if self.good { Ok(()) } else { Err(SCRIPTED.into()) };
        Some(Box::pin(std::future::ready(found)))
    }
}
