//! What must not happen twice, and what would repeat it?

use std::collections::{BTreeMap, BTreeSet};

use super::Definitions;
use super::calls::{self, Callee};
use super::set::Apps;
use crate::definition::{Definition, Kind};
use crate::fault::{Faults, Path, Problem, Rule};

impl Definitions {
    /// The tags of the fallbacks, quotas and features that do something that must not happen twice: by their own
    /// `at_most_once`, by an action's, or by what they run, however deep inside.
    pub fn at_most_once(&self, apps: Option<&Apps>) -> BTreeSet<&str> {
        let mut callers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let (mut found, mut open) = (BTreeSet::new(), Vec::new());
        for definition in self.iter() {
            let mut once = policy(definition);
            for call in calls::of(definition) {
                match call.callee {
                    Callee::Action { app, event } => {
                        let known = apps.and_then(|apps| apps.action(app, event));
                        once |= definition.kind() != Kind::Healthcheck && known.is_some_and(|known| known.at_most_once);
                    }
                    Callee::Definition { kind: Kind::Healthcheck | Kind::Cache, .. } => {}
                    Callee::Definition { kind, tag } => {
                        once |= apps.is_some_and(|apps| apps.plan_is_once(kind, tag));
                        callers.entry(tag).or_default().push(definition.tag());
                    }
                }
            }
            if once && found.insert(definition.tag()) {
                open.push(definition.tag());
            }
        }
        while let Some(tag) = open.pop() {
            let outside = callers.get(tag).into_iter().flatten();
            open.extend(outside.filter(|caller| found.insert(**caller)));
        }
        found
    }
}

/// What the definition says itself.
fn policy(definition: &Definition) -> bool {
    match definition {
        Definition::Fallback(it) => it.policy.at_most_once,
        Definition::Quota(it) => it.policy.at_most_once,
        _ => false,
    }
}

/// R30: what is done at most once is neither hedged nor cached, nor probed again and again. What the definition says
/// itself was judged with it.
pub(crate) fn is_not_repeated(
    definition: &Definition,
    once: &BTreeSet<&str>,
    apps: Option<&Apps>,
    faults: &mut Faults,
) {
    if let Definition::Healthcheck(check) = definition {
        if apps.and_then(|apps| apps.action(&check.app, &check.event)).is_some_and(|known| known.at_most_once) {
            let message = "a healthcheck would repeat what must not happen twice";
            let problem = Problem::new(Rule::Together, message, "probe by an action that changes nothing");
            faults.add(&Path::default().key("event"), &check.event.as_str().into(), problem);
        }
        return;
    }
    if policy(definition) || !once.contains(definition.tag()) {
        return;
    }
    let (hedge, cache) = match definition {
        Definition::Fallback(it) => (it.policy.hedge.is_some(), it.cache.is_some()),
        Definition::Quota(it) => (it.policy.hedge.is_some(), it.cache.is_some()),
        _ => return,
    };
    for (key, _) in [("hedge", hedge), ("cache", cache)].into_iter().filter(|(_, given)| *given) {
        let message = format!("`{key}` would repeat what must not happen twice, in something that this runs");
        let problem = Problem::new(Rule::Together, message, format!("leave out `{key}`"));
        faults.add_whole(&Path::default().key(key), problem);
    }
}
