use super::Note;
use super::statistics::{PlanStats, Statistics};
use crate::moment::Moment;
use crate::plan::Plan;

/// What is kept of a plan in one runtime for those who look.
#[derive(Debug)]
pub(crate) struct Watch {
    statistics: Option<Statistics>,
}

impl Watch {
    /// Of a plan that has not run yet.
    pub(crate) fn new(plan: &Plan, statistics: bool) -> Self {
        Self { statistics: statistics.then(|| Statistics::new(plan.providers().len())) }
    }

    /// Something happened, in a run of the plan as it was defined then.
    #[inline]
    pub(crate) fn tell(&self, plan: &Plan, now: Moment, note: Note) {
        if let Some(statistics) = &self.statistics {
            statistics.tell(plan, now, note);
        }
    }

    /// The statistics; all zero when none are kept.
    pub(crate) fn stats(&self, plan: &Plan, now: Moment) -> PlanStats {
        match &self.statistics {
            Some(statistics) => statistics.read(plan, now),
            None => Statistics::new(plan.providers().len()).read(plan, now),
        }
    }

    /// Begins all counting anew, but for what is under way.
    pub(crate) fn reset_stats(&self) {
        if let Some(statistics) = &self.statistics {
            statistics.reset();
        }
    }
}
