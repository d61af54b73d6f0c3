//! What stands in for metrics where the feature `metrics` is off.
#![expect(clippy::unused_self, reason = "these are the signatures with the feature")]

use crate::Name;
use crate::engine::Status;
use crate::observe::Note;
use crate::plan::Plan;

pub(crate) const ENABLED: bool = false;

#[derive(Debug)]
pub(in crate::observe) struct Meters(());

impl Meters {
    pub(in crate::observe) const fn new(_plan: &Plan) -> Self {
        Self(())
    }

    pub(in crate::observe) const fn tell(&self, _plan: &Plan, _note: &Note) {}
}

pub(crate) const fn set_health(_healthcheck: &Name, _status: Status) {}
