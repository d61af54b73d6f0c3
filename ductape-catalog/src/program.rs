//! Plans in code: their state is in the program's runtime, which may be started after the catalogue was opened.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use arc_swap::ArcSwap;
use ductape_runtime::dynamic::{self, Follow};
use ductape_runtime::{Name, PatchError, Runtime, Totals};

use crate::json::JsonPlan;
use crate::store::{Change, Kept, Recorder};

#[derive(Debug)]
pub(crate) struct Program {
    runtime: ArcSwap<Runtime>,
    /// What is changed in its plans, and kept; nothing else.
    kept: Mutex<Kept>,
}

/// The history of providers, and the runtime in which those of plans in code were seen last.
#[derive(Debug)]
pub(crate) struct Records {
    pub(crate) recorder: Recorder,
    runtime: Arc<Runtime>,
}

impl Program {
    /// In the runtime in force here, until another one is started.
    pub(crate) fn here() -> Self {
        Self { runtime: ArcSwap::from_pointee(ductape_runtime::runtime()), kept: Mutex::default() }
    }

    /// Follows a change of what is kept, if it is one of such a plan.
    pub(crate) fn keep(&self, change: &Change) {
        if let Change::Override { plan, .. } | Change::Cordon { plan, .. } = change
            && JsonPlan::find(plan).is_some()
        {
            self.kept().apply(change.clone());
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Nothing of others runs under the lock.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a history, with what happens from now on.
    pub(crate) fn records(&self) -> Records {
        let (mut recorder, runtime) = (Recorder::new(), self.runtime.load_full());
        each(&runtime, |plan, totals| recorder.pass(plan, totals));
        Records { recorder, runtime }
    }

    /// Looks at what the providers of such plans have come to.
    pub(crate) fn observe(&self, Records { recorder, runtime }: &mut Records) {
        let now = SystemTime::now();
        each(runtime, |plan, totals| recorder.observe(plan, totals, now));
        let next = self.runtime.load_full();
        if !Arc::ptr_eq(runtime, &next) {
            recorder.keep(|plan, _| JsonPlan::find(plan).is_none());
            each(&next, |plan, totals| recorder.observe(plan, totals, now));
            *runtime = next;
        }
    }

    /// Puts into force what is kept.
    pub(crate) fn steer_in(&self, runtime: &Runtime) -> Result<(), Vec<PatchError>> {
        let Kept { overrides, cordons, .. } = self.kept().clone();
        let mut refused = Vec::new();
        for (tag, patch) in overrides {
            let made = dynamic::linked(runtime, &tag).map(|plan| plan.update_anew(patch));
            refused.extend(made.and_then(Result::err));
        }
        for ((tag, provider), reason) in cordons {
            // A plan or a provider that is no more needs no cordon.
            let _ = runtime.plan(&tag).map(|plan| plan.cordon(&provider, reason));
        }
        if refused.is_empty() { Ok(()) } else { Err(refused) }
    }
}

impl Follow for Program {
    fn steer(&self, runtime: &Runtime) -> Result<(), Vec<PatchError>> {
        self.steer_in(runtime)?;
        self.runtime.store(Arc::new(runtime.clone()));
        Ok(())
    }
}

fn each(runtime: &Runtime, mut see: impl FnMut(&Name, Vec<(Name, Totals)>)) {
    for plan in JsonPlan::all() {
        if let Ok(handle) = runtime.plan(plan.tag()) {
            see(&Name::from_static(plan.tag()), handle.totals());
        }
    }
}
