//! What a healthcheck's static handle, and the process, say of health in the runtime in force.

use std::pin::Pin;

#[cfg(feature = "testing")]
use super::scripted::Pretended;
use super::{Runtime, runtime};
use crate::engine::Status;
use crate::health::{AnyHealthcheck, Check, Health, HealthState, Healthcheck, Report};
use crate::moment::Moment;
use crate::observe::{Happened, set_health};

/// What the runtime in force knows.
impl<T: Send + Sync + 'static> Healthcheck<T> {
    /// The unique name among the program's healthchecks.
    pub fn tag(&self) -> &str {
        self.definition().tag()
    }

    /// The status in the runtime in force here.
    pub fn status(&self) -> Status {
        runtime().health_of(self.definition()).map_or(Status::Unknown, |state| state.cell.status(Moment::now()))
    }

    /// What the runtime in force here knows of it.
    pub fn report(&self) -> Report {
        match runtime().health_of(self.definition()) {
            Some(state) => state.report(Moment::now()),
            None => HealthState::new(self.definition()).report(Moment::now()),
        }
    }

    /// Runs one check now, after one that is under way, and tells what is known then.
    ///
    /// Where nothing was bound in this runtime to a check that needs it, nothing is learnt, and its report says so.
    pub async fn check(&self) -> Report {
        let runtime = runtime();
        if let Some(state) = runtime.health_of(self.definition()) {
            check_one(&runtime, self, state).await;
        }
        self.report()
    }
}

/// Runs one check in the scope of its runtime.
pub(crate) async fn check_one(runtime: &Runtime, check: &dyn AnyHealthcheck, state: &HealthState) {
    let bound = runtime.bound_to(check.definition());
    #[cfg(feature = "testing")]
    let pretended = runtime.script().answer_of(check.definition().tag()).map(|good| Pretended { check, good });
    #[cfg(feature = "testing")]
    let check = pretended.as_ref().map_or(check, |pretended| pretended as &dyn AnyHealthcheck);
    if let Some(change) = runtime.scope(state.check(check, bound)).await {
        announce(runtime, check.definition(), change);
    }
    #[cfg(feature = "testing")]
    if pretended.is_some() {
        state.hold(Moment::now());
    }
}

/// The status of a healthcheck has changed.
pub(super) fn announce(runtime: &Runtime, check: &Check, (from, to): (Status, Status)) {
    let healthcheck = check.tag.clone();
    set_health(&healthcheck, to);
    runtime.announce(Happened::HealthChanged { healthcheck, from, to });
}

/// Runs every check of the runtime's environment, side by side.
pub(super) async fn check_all(runtime: &Runtime) {
    type Checked<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;
    let listed = runtime.listed_checks();
    let mut all: Vec<(&dyn AnyHealthcheck, &HealthState)> = Vec::new();
    all.extend(runtime.checks().map(|(check, state)| (check, &**state)));
    all.extend(listed.iter().map(|(check, state)| (&**check, &**state)));
    let mut checks: Vec<Option<Checked<'_>>> =
        all.into_iter().map(|(check, state)| Some(Box::pin(check_one(runtime, check, state)) as Checked<'_>)).collect();
    std::future::poll_fn(|cx| {
        for slot in &mut checks {
            if slot.as_mut().is_some_and(|check| check.as_mut().poll(cx).is_ready()) {
                *slot = None;
            }
        }
        if checks.iter().all(Option::is_none) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

/// What the healthchecks of the runtime in force here know.
///
/// ```
/// # extern crate ductape_runtime as ductape;
/// let health = ductape::health();
/// assert_eq!(health.http(), 200); // for `/health`
/// ```
pub fn health() -> Health {
    runtime().health()
}

/// Runs every healthcheck of the runtime in force here now, side by side, and tells what they know then.
pub async fn check_health() -> Health {
    runtime().check_health().await
}
