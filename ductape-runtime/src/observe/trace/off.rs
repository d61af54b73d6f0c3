//! What stands in for spans and events where the feature `tracing` is off.
#![expect(clippy::unused_self, reason = "these are the signatures with the feature")]

use std::fmt::Display;

use crate::engine::Block;
use crate::observe::{AttemptEnd, RunEnd, RuntimeEvent};
use crate::plan::Plan;

#[derive(Debug, Default)]
pub(crate) struct Trace(());

pub(crate) struct Inside(());

impl Trace {
    pub(crate) const fn run_begins(&mut self, _plan: &Plan) {}

    pub(crate) const fn block_begins(&mut self, _plan: &Plan, _block: Block, _attempt: u32) {}

    pub(crate) const fn beside(&self) -> Self {
        Self(())
    }

    pub(crate) const fn in_run(&self) -> Inside {
        Inside(())
    }

    pub(crate) const fn in_block(&self) -> Inside {
        Inside(())
    }

    pub(crate) const fn block_ended(&mut self, _end: AttemptEnd, _error: Option<&dyn Display>) {}

    pub(crate) const fn run_ended(&mut self, _end: RunEnd, _provider: Option<&str>, _attempts: u32) {}
}

pub(in crate::observe) const fn hears_routine() -> bool {
    false
}

pub(in crate::observe) const fn emit(_event: &RuntimeEvent) {}
