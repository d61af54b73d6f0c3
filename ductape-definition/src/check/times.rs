//! How long does what is defined take, and does every deadline leave everyone a full attempt?

use std::collections::BTreeMap;
use std::time::Duration;

use super::calls::Callee;
use super::policies::deadline_leaves_everyone_an_attempt;
use super::set::{Apps, Definitions};
use crate::definition::{Definition, Kind};
use crate::fault::{Faults, Path};
use crate::limits::{self, range};
use crate::model::{Choice, ChoiceKind, Event, EventKind, PlanPolicy, Policies};

/// How long what a set defines takes at most, as far as it and the apps say.
#[derive(Debug)]
pub struct Times<'a> {
    definitions: &'a Definitions,
    apps: Option<&'a Apps>,
    known: BTreeMap<(Kind, &'a str), Duration>,
}

impl Definitions {
    /// How long what is defined takes at most. An action of which neither a definition nor the apps say a timeout has one
    /// of 10 seconds.
    pub fn times<'a>(&'a self, apps: Option<&'a Apps>) -> Times<'a> {
        Times { definitions: self, apps, known: BTreeMap::new() }
    }
}

impl<'a> Times<'a> {
    /// The longest that a run takes: its deadline, else every try of everything in it at full length, and every wait. What
    /// is not in the set, such as a plan in code, may take 24 hours, and nothing takes longer.
    pub fn longest_run(&mut self, kind: Kind, tag: &str) -> Duration {
        self.longest(kind, tag, 0)
    }

    fn longest(&mut self, kind: Kind, tag: &str, depth: usize) -> Duration {
        // What nests deeper, or in a circle, is refused.
        let definition = self.definitions.get(kind, tag).filter(|_| depth <= limits::MOST_NESTED);
        let Some(definition) = definition else { return range::LONGEST };
        let key = (kind, definition.tag());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let time = match definition {
            Definition::Fallback(it) => self.of_plan(&it.policy, it.options.iter(), &it.defaults, depth),
            Definition::Quota(it) => self.of_plan(&it.policy, it.choices(), &it.defaults, depth),
            Definition::Feature(it) => it.deadline.unwrap_or_else(|| {
                let turns = it.events.iter().map(|event| {
                    let attempt = self.attempt(&event.policies, of_event(event).as_ref(), depth);
                    turn(&event.policies, attempt)
                });
                turns.fold(Duration::ZERO, Duration::saturating_add)
            }),
            Definition::Healthcheck(_) | Definition::Cache(_) => range::LONGEST,
        };
        let time = time.min(range::LONGEST);
        self.known.insert(key, time);
        time
    }

    fn of_plan(
        &mut self,
        policy: &PlanPolicy,
        choices: impl Iterator<Item = &'a Choice>,
        defaults: &Policies,
        depth: usize,
    ) -> Duration {
        policy.deadline.unwrap_or_else(|| {
            let turns = choices.map(|choice| {
                let policies = choice.policies.or(defaults);
                turn(&policies, self.attempt(&policies, of_choice(choice).as_ref(), depth))
            });
            turns.fold(Duration::ZERO, Duration::saturating_add)
        })
    }

    /// What bounds one attempt.
    fn attempt(&mut self, policies: &Policies, callee: Option<&Callee<'_>>, depth: usize) -> Duration {
        policies.timeout.unwrap_or_else(|| match callee {
            Some(&Callee::Definition { kind, tag }) => self.longest(kind, tag, depth + 1),
            Some(&Callee::Action { app, event }) => {
                let action = self.apps.and_then(|apps| apps.action(app, event));
                action.and_then(|action| action.timeout).unwrap_or(range::TIMEOUT)
            }
            None => range::TIMEOUT,
        })
    }

    /// R12, with all that is known of the others.
    pub(super) fn judge(&mut self, definition: &Definition, faults: &mut Faults) {
        let root = Path::default();
        let (deadline, each): (_, Vec<(Path, Policies, Option<Callee<'_>>)>) = match definition {
            Definition::Fallback(it) => {
                let options = it.options.iter().enumerate();
                let each = options.map(|(at, choice)| (root.key("options").index(at), choice));
                (it.policy.deadline, of_choices(each, &it.defaults))
            }
            Definition::Quota(it) => {
                let options = it.options.iter().enumerate();
                let tier = it.fallbacks.iter().enumerate();
                let each = options.map(|(at, choice)| (root.key("options").index(at), choice));
                let each = each.chain(tier.map(|(at, choice)| (root.key("fallbacks").index(at), choice)));
                (it.policy.deadline, of_choices(each, &it.defaults))
            }
            Definition::Feature(it) => {
                // What other definitions need is bounded where they are defined.
                let actions = it.events.iter().enumerate().filter(|(_, event)| event.kind == EventKind::Action);
                let each =
                    actions.map(|(at, event)| (root.key("events").index(at), event.policies.clone(), of_event(event)));
                (it.deadline, each.collect())
            }
            Definition::Healthcheck(_) | Definition::Cache(_) => return,
        };
        if deadline.is_none() {
            return;
        }
        let needs = each.into_iter().map(|(path, policies, callee)| {
            let attempt = self.attempt(&policies, callee.as_ref(), 0);
            (path, policies.entry().saturating_add(attempt))
        });
        let needs: Vec<_> = needs.collect();
        deadline_leaves_everyone_an_attempt(deadline, &needs, faults);
    }
}

fn of_choices<'a>(
    choices: impl Iterator<Item = (Path, &'a Choice)>,
    defaults: &Policies,
) -> Vec<(Path, Policies, Option<Callee<'a>>)> {
    choices.map(|(path, choice)| (path, choice.policies.or(defaults), of_choice(choice))).collect()
}

fn of_choice(choice: &Choice) -> Option<Callee<'_>> {
    let kind = (choice.kind == ChoiceKind::Feature).then_some(Kind::Feature);
    Callee::of(kind, choice.app.as_deref(), &choice.event)
}

fn of_event(event: &Event) -> Option<Callee<'_>> {
    Callee::of(event.kind.of_definition(), event.app.as_deref(), &event.event)
}

/// Every try at full length, and every wait between them.
fn turn(policies: &Policies, attempt: Duration) -> Duration {
    let retries = policies.retries.unwrap_or_default();
    let tries = policies.entry().saturating_add(attempt).saturating_mul(retries.saturating_add(1));
    tries.saturating_add(policies.backoff.unwrap_or_default().bound_of_all(retries))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::check::Action;

    fn longest(definitions: &[serde_json::Value], tag: &str) -> Duration {
        let mut set = Definitions::default();
        for value in definitions {
            set.insert(Definition::from_value(value).expect("it is sound")).expect("the tags differ");
        }
        let mut apps = Apps::default();
        apps.insert("a", "quick", Action::default().timeout(Duration::from_secs(2)));
        apps.insert("a", "plain", Action::default());
        let kind = set.iter().find(|definition| definition.tag() == tag).expect("it is there").kind();
        set.times(Some(&apps)).longest_run(kind, tag)
    }

    #[test]
    fn every_try_and_every_wait_counts() {
        let event = |keys: serde_json::Value| {
            let mut event = json!({ "type": "action", "app": "a", "event": "quick" });
            event.as_object_mut().expect("an object").extend(keys.as_object().expect("keys").clone());
            json!({ "tag": "f", "events": [event] })
        };
        for (keys, millis) in [
            (json!({}), 2_000),
            (json!({ "event": "plain" }), 10_000),
            (json!({ "timeout": "3s", "bulkhead": { "max": 1, "wait": "1s" } }), 4_000),
            (json!({ "retries": 3 }), 4 * 2_000 + 100 + 200 + 400),
            (json!({ "retries": 3, "backoff": { "base": "1s", "max": "2s" } }), 4 * 2_000 + 1_000 + 2_000 + 2_000),
            (json!({ "retries": 100_000, "backoff": { "base": "1s", "factor": 1 } }), 86_400_000),
        ] {
            assert_eq!(longest(&[event(keys.clone())], "f"), Duration::from_millis(millis), "{keys}");
        }
    }

    #[test]
    fn what_runs_inside_counts_unless_a_deadline_or_a_timeout_bounds_it() {
        let inner = json!({ "tag": "inner", "events": [
            { "type": "action", "app": "a", "event": "quick" }, { "type": "action", "app": "a", "event": "plain" } ] });
        let bounded = json!({ "tag": "bounded", "deadline": "15s", "events": inner["events"] });
        let outer = json!({ "tag": "outer", "retries": 1, "backoff": { "base": "1s" }, "options": [
            { "type": "feature", "event": "inner" }, { "type": "feature", "event": "bounded", "timeout": "3s" },
            { "type": "feature", "event": "bounded", "provider": "again" } ] });
        let all = json!({ "tag": "all", "events": [
            { "type": "fallback", "event": "outer" }, { "type": "quota", "event": "unknown", "timeout": "1s" } ] });
        let set = [inner, bounded, outer, all];
        let of_outer = 2 * 12 + 1 + 2 * 3 + 1 + 2 * 15 + 1;
        assert_eq!(longest(&set, "outer"), Duration::from_secs(of_outer));
        assert_eq!(longest(&set, "all"), Duration::from_secs(of_outer + 1));
    }

    #[test]
    fn circles_and_long_chains_end() {
        let next = |at: usize, to: usize| json!({ "tag": format!("f{at}"), "events": [{ "type": "feature", "event": format!("f{to}") }] });
        let mut chain: Vec<_> = (0..5_000).map(|at| next(at, at + 1)).collect();
        assert_eq!(longest(&chain, "f0"), range::LONGEST);
        chain.push(next(5_000, 0));
        assert_eq!(longest(&chain, "f0"), range::LONGEST);
    }
}
