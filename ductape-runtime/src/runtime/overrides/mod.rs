//! Overrides: patches of plans that come from outside of the program.
//!
//! However they come, they are [`ForPlans`]: entries by the tag of a plan. All of them are judged before any is in
//! force.

#[cfg(feature = "config")]
mod file;
pub(super) mod variables;

use std::ffi::OsString;

use super::Runtime;
#[cfg(feature = "config")]
use super::plan_handle::PlanHandle;
use super::registry::registry;
use crate::patch::{Entry, Layer, Layers, Origin, Patch, PatchFault, Value, WHOLE_RUNTIME};
use crate::plan::{Plan, Policy};
use crate::text::nearest;

/// What was read: a table for each plan, and for all of them; and what is wrong already.
#[derive(Debug, Default)]
struct ForPlans {
    tables: Vec<Entry>,
    faults: Vec<PatchFault>,
}

impl ForPlans {
    fn fault(&mut self, origin: Origin, path: &str, value: Option<String>, rule: String, help: String) {
        self.faults.push(PatchFault { plan: None, path: path.to_owned(), value, rule, help, origin });
    }

    /// Tables of plans that there are not.
    fn unknown(&mut self) {
        let tags = || registry().plans.iter().map(|plan| plan.tag());
        let tables = std::mem::take(&mut self.tables);
        for entry in tables {
            if entry.key != WHOLE_RUNTIME && !tags().any(|tag| tag == entry.key) {
                let help = match nearest(&entry.key, tags()).first() {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => "`ductape::plans()` lists those that are linked".to_owned(),
                };
                self.fault(entry.origin, &entry.key, None, "no plan has this tag".to_owned(), help);
            } else if !matches!(entry.value, Value::Table(_)) {
                let (value, help) = (entry.value.to_string(), "give the clauses of the plan in it".to_owned());
                self.fault(entry.origin, &entry.key, Some(value), "a plan is a table".to_owned(), help);
            } else {
                self.tables.push(entry);
            }
        }
    }

    /// The layers of a plan, with what was read for it.
    fn over(&self, mut layers: Layers, layer: Layer, plan: &Plan) -> Layers {
        for entry in &self.tables {
            let clauses = match &entry.value {
                // In each plan's tree, under a key that no clause has.
                _ if entry.key == WHOLE_RUNTIME => vec![entry.clone()],
                Value::Table(clauses) if entry.key == plan.tag() => clauses.clone(),
                _ => continue,
            };
            layers = layers.over(layer, Patch(clauses));
        }
        layers
    }
}

impl Runtime {
    /// Puts overrides into force as the runtime is made, those that are sound; answers with what is wrong.
    pub(super) fn override_all(&self, off: &[Policy], variables: Vec<(OsString, OsString)>) -> Vec<PatchFault> {
        let mut environment = variables::read(variables);
        #[cfg(feature = "config")]
        let mut files = file::read_all(&self.0.files);
        #[cfg(not(feature = "config"))]
        let mut files = ForPlans::default();
        if off.is_empty() && [&files, &environment].iter().all(|read| read.tables.is_empty() && read.faults.is_empty())
        {
            return Vec::new();
        }
        let mut faults = Vec::new();
        for read in [&mut files, &mut environment] {
            read.unknown();
            faults.append(&mut read.faults);
        }
        for site in &registry().sites {
            let steered = self.steered(site);
            let judged = steered.judge(|layers| {
                let switched =
                    off.iter().fold(layers.clone(), |layers, policy| switch(&layers, Layer::Program, *policy, false));
                #[cfg(feature = "config")]
                let switched = files.over(switched, Layer::File, &site.plan);
                environment.over(switched, Layer::Environment, &site.plan)
            });
            match judged {
                Ok(judged) => drop(judged.enforce()),
                Err(error) => faults.extend(error.into_faults()),
            }
        }
        once(faults)
    }

    /// Switches a policy off in all plans, or on again; what plans say of it themselves by an update takes precedence.
    ///
    /// What has been learnt is kept: on again, a breaker stands where it stood.
    pub fn switch(&self, policy: Policy, on: bool) {
        for handle in self.plans() {
            // Of a switch for all plans nothing can be wrong.
            if let Ok(judged) = handle.0.judge(|layers| switch(layers, Layer::Update, policy, on)) {
                let changes = judged.enforce();
                handle.announce_changes(&changes);
            }
        }
    }

    /// Reads the files of overrides again. What they give now takes the place of what they gave before, in all plans
    /// together; updates stay in force over it.
    ///
    /// # Errors
    ///
    /// All that is wrong; then nothing has changed. Either way, an event says so.
    #[cfg(feature = "config")]
    pub fn reload(&self) -> Result<(), crate::PatchError> {
        let result = self.read_files();
        let happened = match &result {
            Ok(plans) => crate::Happened::Reloaded { plans: plans.clone() },
            Err(error) => crate::Happened::ReloadRefused { faults: error.faults().to_vec() },
        };
        self.announce(happened);
        result.map(drop)
    }

    /// Answers with the plans that it has changed.
    #[cfg(feature = "config")]
    fn read_files(&self) -> Result<Vec<crate::Name>, crate::PatchError> {
        let mut files = file::read_all(&self.0.files);
        files.unknown();
        let mut faults = std::mem::take(&mut files.faults);
        // In one order, whoever does it: so nobody waits for a plan that another one has who waits for this one.
        let handles: Vec<_> = registry().sites.iter().map(|site| (site, PlanHandle(self.steered(site)))).collect();
        let mut judged = Vec::new();
        for (site, handle) in &handles {
            let change = |layers: &Layers| files.over(layers.without(Layer::File), Layer::File, &site.plan);
            match handle.0.judge(change) {
                Ok(sound) => judged.push((handle, sound)),
                Err(error) => faults.extend(error.into_faults()),
            }
        }
        crate::PatchError::unless_none(once(faults))?;
        let mut changes: Vec<_> = judged.into_iter().map(|(handle, sound)| (handle, sound.enforce())).collect();
        for (handle, changes) in &changes {
            handle.announce_changes(changes);
        }
        changes.retain(|(_, changes)| !changes.is_empty());
        Ok(changes.iter().map(|(handle, _)| handle.plan().tag.clone()).collect())
    }
}

fn switch(layers: &Layers, layer: Layer, policy: Policy, on: bool) -> Layers {
    let switched = if on { Patch::new().on(policy) } else { Patch::new().off(policy) };
    let mut switched = Patch(vec![Entry::new(WHOLE_RUNTIME, Value::Table(switched.0))]);
    if layer == Layer::Program {
        switched.come_from(&Origin::Code);
    }
    layers.over(layer, switched)
}

/// What is wrong for all plans is told once.
fn once(faults: Vec<PatchFault>) -> Vec<PatchFault> {
    let mut told: Vec<PatchFault> = Vec::new();
    for mut fault in faults {
        if fault.path.starts_with(WHOLE_RUNTIME) {
            fault.plan = None;
        }
        if !told.contains(&fault) {
            told.push(fault);
        }
    }
    told
}
