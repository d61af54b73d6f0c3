use std::sync::Arc;

use super::event::Happened;
use super::hub::Hub;
use super::metrics::Meters;
use super::note::Note;
use super::statistics::{PlanStats, Statistics, Totals};
use crate::moment::Moment;
use crate::plan::Plan;

/// What is kept of a plan in one runtime for those who look.
#[derive(Debug)]
pub(crate) struct Watch {
    hub: Arc<Hub>,
    meters: Meters,
    statistics: Option<Statistics>,
}

impl Watch {
    /// Of a plan that has not run yet.
    pub(crate) fn new(plan: &Plan, hub: Arc<Hub>, statistics: bool) -> Self {
        Self { hub, meters: Meters::new(plan), statistics: statistics.then(|| Statistics::new(plan.all().len())) }
    }

    /// Of another definition of the plan. `kept` has, for each of its providers, the place that it had before: what was
    /// counted of it stays.
    pub(crate) fn succeeded_by(&self, plan: &Plan, kept: &[Option<usize>]) -> Self {
        let statistics = self.statistics.as_ref().map(|statistics| statistics.succeeded_by(kept));
        Self { hub: Arc::clone(&self.hub), meters: Meters::new(plan), statistics }
    }

    /// Of the same plan, otherwise defined: all that was counted stays, and there are series for what is new.
    pub(crate) fn redefined(&self, plan: &Plan) -> Self {
        let all: Vec<_> = (0..plan.all().len()).map(Some).collect();
        self.succeeded_by(plan, &all)
    }

    /// Something happened, in a run of the plan as it was defined then.
    #[expect(clippy::inline_always, reason = "every caller knows its note: of all arms, one is left there")]
    #[inline(always)]
    pub(crate) fn tell(&self, plan: &Plan, now: Moment, note: Note) {
        if let Some(statistics) = &self.statistics {
            statistics.tell(plan, now, note);
        }
        self.meters.tell(plan, &note);
        self.hub.tell(plan, now, &note);
    }

    /// An operator did something to the plan, or to one of its providers.
    pub(crate) fn announce(&self, plan: &Plan, now: Moment, provider: Option<usize>, happened: Happened) {
        let provider = provider.map(|provider| plan.all()[provider].name.clone());
        self.hub.announce(now, Some(plan), provider, happened);
    }

    /// The statistics; all zero when none are kept.
    pub(crate) fn stats(&self, plan: &Plan, now: Moment) -> PlanStats {
        match &self.statistics {
            Some(statistics) => statistics.read(plan, now),
            None => Statistics::new(plan.all().len()).read(plan, now),
        }
    }

    /// What was counted at all, for each provider in the order of their blocks; nothing when no statistics are kept.
    pub(crate) fn totals(&self, now: Moment) -> impl Iterator<Item = Totals> {
        self.statistics.iter().flat_map(move |statistics| statistics.totals(now))
    }

    /// Begins all counting anew, but for what is under way; answers with what was counted, as [`stats`](Self::stats) would.
    pub(crate) fn reset_stats(&self, plan: &Plan, now: Moment) -> PlanStats {
        match &self.statistics {
            Some(statistics) => statistics.reset(plan, now),
            None => self.stats(plan, now),
        }
    }
}
