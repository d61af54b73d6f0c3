use std::any::Any;
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use tokio::task::JoinHandle;

use super::HealthcheckClauses;
use crate::engine::HealthCell;
use crate::health::{AnyHealthcheck, Check, HealthState, ProbeFuture};
use crate::moment::Moment;
use crate::runtime::ListedCheck;
use crate::{Name, Report, Runtime};

/// A healthcheck that is data, in one runtime. Cheap to clone: clones are the same healthcheck.
#[derive(Clone)]
pub struct Healthcheck {
    runtime: Runtime,
    probe: Arc<Probe>,
    state: Arc<HealthState>,
}

/// What is probed, and how.
struct Probe {
    definition: Check,
    probe: Box<dyn Fn() -> ProbeFuture<'static> + Send + Sync>,
}

impl AnyHealthcheck for Probe {
    fn definition(&self) -> &Check {
        &self.definition
    }

    fn needs_binding(&self) -> bool {
        false
    }

    fn probe<'a>(&self, _bound: Option<&'a (dyn Any + Send + Sync)>) -> Option<ProbeFuture<'a>> {
        Some((self.probe)())
    }
}

impl Healthcheck {
    /// Nothing is known yet: nobody checks it until [`check`](Self::check) or [`monitor`](Self::monitor).
    pub fn new(
        runtime: &Runtime,
        tag: Name,
        clauses: HealthcheckClauses<()>,
        probe: impl Fn() -> ProbeFuture<'static> + Send + Sync + 'static,
    ) -> Self {
        let definition = Check { tag, ..clauses.check() };
        let state = Arc::new(HealthState::new(&definition));
        Self { runtime: runtime.clone(), probe: Arc::new(Probe { definition, probe: Box::new(probe) }), state }
    }

    /// Another definition in the place of this one: what is known stays.
    #[must_use]
    pub fn succeeded_by(
        &self,
        clauses: HealthcheckClauses<()>,
        probe: impl Fn() -> ProbeFuture<'static> + Send + Sync + 'static,
    ) -> Self {
        let definition = Check { tag: self.probe.definition.tag.clone(), ..clauses.check() };
        let probe = Arc::new(Probe { definition, probe: Box::new(probe) });
        Self { runtime: self.runtime.clone(), probe, state: Arc::clone(&self.state) }
    }

    /// What is known.
    pub fn report(&self) -> Report {
        self.state.report(Moment::now())
    }

    /// Checks now, after a check that is under way, and tells what is known then.
    pub async fn check(&self) -> Report {
        crate::runtime::check_one(&self.runtime, &*self.probe, &self.state).await;
        self.report()
    }

    /// Checks again and again, until the answer is dropped. Outside a tokio runtime nothing is checked.
    pub fn monitor(&self) -> Monitor {
        let probe: Arc<dyn AnyHealthcheck> = Arc::clone(&self.probe) as _;
        let rounds = crate::runtime::check_forever(self.runtime.clone(), probe, Arc::clone(&self.state));
        Monitor(tokio::runtime::Handle::try_current().ok().map(|tokio| tokio.spawn(rounds)))
    }

    pub(super) fn listed(self) -> ListedCheck {
        (self.probe, self.state)
    }

    pub(super) fn cell(&self) -> Arc<HealthCell> {
        Arc::clone(&self.state.cell)
    }
}

impl Debug for Healthcheck {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(&self.probe.definition, f)
    }
}

/// Checks a healthcheck that is data for as long as it lives.
#[derive(Debug)]
#[must_use = "dropping the monitor stops the healthcheck"]
pub struct Monitor(Option<JoinHandle<()>>);

impl Drop for Monitor {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}
