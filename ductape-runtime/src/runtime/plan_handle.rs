use std::sync::Arc;

use super::Runtime;
use super::registry::{UnknownTag, site};
use super::steer::Steered;
use crate::Name;
use crate::engine::{Forced, HealthCell, LivePlan, Occupancy, Reading};
use crate::moment::Moment;
use crate::observe::{Happened, PlanStats, Totals};
use crate::patch::PatchError;
use crate::plan::{Plan, Provider};

/// A plan in one runtime: how it stands, and what an operator makes of it.
///
/// ```
/// # extern crate ductape_runtime as ductape;
/// # fn show() -> Result<(), ductape::UnknownTag> {
/// let plan = ductape::runtime().plan("payment-fallback")?;
/// if let Some(breaker) = plan.breaker("stripe") {
///     println!("stripe's breaker: {}", breaker.phase);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct PlanHandle(pub(super) Arc<Steered>);

impl Runtime {
    /// The plan with that tag, in this runtime: one linked into the program, or one that is data.
    ///
    /// # Errors
    ///
    /// When no plan has the tag; the message names the nearest ones.
    pub fn plan(&self, tag: &str) -> Result<PlanHandle, UnknownTag> {
        site(tag).map_or_else(|_| self.listed_plan(tag), |site| Ok(PlanHandle(self.steered(site))))
    }
}

impl PlanHandle {
    /// The definition that is in force: the code's, with what has been updated and overridden.
    pub fn plan(&self) -> Plan {
        self.live().plan.clone().into_owned()
    }

    /// Why the provider is cordoned; `None` for one that is not, or that does not exist.
    pub fn cordoned(&self, provider: &str) -> Option<Name> {
        self.live().cordoned(self.index(provider)?)
    }

    /// How the provider's breaker stands; `None` for a provider without one, or that does not exist.
    pub fn breaker(&self, provider: &str) -> Option<Reading> {
        self.live().read_breaker(self.index(provider)?, Moment::now())
    }

    /// Makes the provider's breaker answer the same to all until it is told `None`; answers whether there is one.
    ///
    /// It goes on deciding underneath. With a dependency, it is the breaker of every plan that shares it.
    pub fn force_breaker(&self, provider: &str, forced: Option<Forced>) -> bool {
        let Some(index) = self.index(provider) else { return false };
        let is_there = self.live().force_breaker(index, forced);
        if is_there {
            self.announce(Some(index), Happened::BreakerForced { forced });
        }
        is_there
    }

    /// Closes the provider's breaker, with fresh counts; answers with what was cleared. What is forced stays.
    pub fn reset_breaker(&self, provider: &str) -> Option<Reading> {
        self.live().reset_breaker(self.index(provider)?, Moment::now())
    }

    /// How full the provider's bulkhead is; `None` for a provider without one, or that does not exist.
    pub fn bulkhead(&self, provider: &str) -> Option<Occupancy> {
        self.live().occupancy(self.index(provider)?)
    }

    /// What the plan and its providers have done in this runtime; prints as a table.
    ///
    /// ```
    /// # extern crate ductape_runtime as ductape;
    /// # fn show() -> Result<(), ductape::UnknownTag> {
    /// let stats = ductape::runtime().plan("payment-fallback")?.stats();
    /// println!("{stats}");
    /// if let Some(stripe) = stats.provider("stripe") {
    ///     println!("p99 over the last minute: {:?}", stripe.last_minute.latency.p99);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stats(&self) -> PlanStats {
        let live = self.live();
        live.watch.stats(&live.plan, Moment::now())
    }

    /// What the attempts of each provider have come to since the runtime was made, resets notwithstanding: for those who
    /// keep it for longer. Empty in a runtime without statistics.
    pub fn totals(&self) -> Vec<(Name, Totals)> {
        let live = self.live();
        let names = live.plan.all().iter().map(|provider| provider.name.clone());
        names.zip(live.watch.totals(Moment::now())).collect()
    }

    /// Begins all counting anew, but for what is under way; answers with what was counted.
    pub fn reset_stats(&self) -> PlanStats {
        let live = self.live();
        let cleared = live.watch.reset_stats(&live.plan, Moment::now());
        self.announce(None, Happened::StatisticsReset);
        cleared
    }

    pub(super) fn announce(&self, provider: Option<usize>, happened: Happened) {
        let live = self.live();
        live.watch.announce(&live.plan, Moment::now(), provider, happened);
    }

    /// Another definition in the place of this one, with the state of what both have, be it under another name.
    pub(crate) fn succeeded_by(
        &self,
        code: Plan,
        renamed: &[(Name, Name)],
        checked: impl Fn(&Provider) -> Option<Arc<HealthCell>>,
    ) -> Result<Self, PatchError> {
        self.0.succeeded_by(code, renamed, checked).map(|steered| Self(Arc::new(steered)))
    }

    /// What is in force now.
    pub(crate) fn live(&self) -> Arc<LivePlan> {
        self.0.live()
    }

    pub(super) fn index(&self, provider: &str) -> Option<usize> {
        self.live().plan.all().iter().position(|known| known.name() == provider)
    }
}
