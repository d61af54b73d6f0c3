//! Plans and healthchecks that are data, as they are seen beside those of the program.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use super::Runtime;
use super::plan_handle::PlanHandle;
use super::registry::{UnknownTag, registry};
use crate::health::{AnyHealthcheck, HealthState, Report};
use crate::moment::Moment;

/// What there is of them at one moment.
#[derive(Default)]
pub(crate) struct Listed {
    plans: Vec<PlanHandle>,
    checks: Vec<ListedCheck>,
}

/// A healthcheck that is data, and what is known of it.
pub(crate) type ListedCheck = (Arc<dyn AnyHealthcheck>, Arc<HealthState>);

impl Runtime {
    /// Every plan of this runtime: those linked into the program, and after them those that are data; both sorted by tag.
    ///
    /// ```
    /// # extern crate ductape_runtime as ductape;
    /// for plan in ductape::runtime().plans() {
    ///     println!("{}", plan.plan());
    /// }
    /// ```
    pub fn plans(&self) -> Vec<PlanHandle> {
        let linked = registry().sites.iter().map(|site| PlanHandle(self.steered(site)));
        linked.chain(self.0.listed.load().plans.iter().cloned()).collect()
    }

    /// From now on these are the plans that are data, and their healthchecks.
    pub(crate) fn list(&self, mut plans: Vec<PlanHandle>, mut checks: Vec<ListedCheck>) {
        plans.sort_by_cached_key(|plan| plan.live().plan.tag.clone());
        checks.sort_by_cached_key(|(check, _)| check.definition().tag.clone());
        self.0.listed.store(Arc::new(Listed { plans, checks }));
    }

    /// The plan of that tag that is data.
    pub(super) fn listed_plan(&self, tag: &str) -> Result<PlanHandle, UnknownTag> {
        let listed = self.0.listed.load();
        let found = listed.plans.iter().find(|plan| plan.live().plan.tag == *tag).cloned();
        found.ok_or_else(|| {
            let listed: Vec<_> = listed.plans.iter().map(|plan| plan.live().plan.tag.clone()).collect();
            let linked = registry().plans.iter().map(|plan| plan.tag());
            UnknownTag::of(tag, linked.chain(listed.iter().map(|tag| &**tag)))
        })
    }

    /// What the healthchecks that are data know.
    pub(super) fn listed_reports(&self) -> Vec<Report> {
        let now = Moment::now();
        self.0.listed.load().checks.iter().map(|(_, state)| state.report(now)).collect()
    }

    pub(super) fn listed_checks(&self) -> Vec<ListedCheck> {
        self.0.listed.load().checks.clone()
    }
}

impl Debug for Listed {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listed").field("plans", &self.plans).finish_non_exhaustive()
    }
}
