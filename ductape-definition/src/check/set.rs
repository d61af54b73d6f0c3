//! Are definitions sound among each other: does what they name exist, and does nothing run itself?

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;

use super::calls::{self, Call, Callee};
use super::yields::Yields;
use super::{Drafts, Judged};
use crate::definition::{Definition, Kind};
use crate::fault::{Fault, Faults, Invalid, Named, Path, Problem, Rule};
use crate::limits;
use crate::literal::tag;
use crate::model::{Choice, Event, Feature, Policies};
use crate::template::{Mapping, Root, Template};
use crate::words::{is_slip_of, known_names, nearest};

/// A set of definitions, by kind and tag.
///
/// Fallbacks, quotas and features share one space of tags; healthchecks and caches have their own.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Definitions {
    definitions: BTreeMap<(Kind, String), Definition>,
}

/// The apps that a program has, with their actions, and its plans that run by tag: what definitions may name besides
/// each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Apps {
    apps: BTreeMap<String, BTreeMap<String, Action>>,
    plans: BTreeMap<(Kind, String), Action>,
}

/// What is known of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Action {
    /// Whether it says itself what its errors mean.
    pub classified: bool,
    /// Whether what it does must not happen twice.
    pub at_most_once: bool,
    /// What bounds one attempt, where a definition does not say; 10 s unless said.
    pub timeout: Option<Duration>,
}

impl Action {
    /// Says itself what its errors mean.
    #[must_use]
    pub fn classified(mut self) -> Self {
        self.classified = true;
        self
    }

    /// What it does must not happen twice. An error of which it does not say what it means is ambiguous then.
    #[must_use]
    pub fn at_most_once(self) -> Self {
        Self { at_most_once: true, ..self.classified() }
    }

    /// Bounds one attempt by this, where a definition does not say.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }
}

impl Apps {
    /// There is an app with this action.
    pub fn insert(&mut self, app: impl Into<String>, action: impl Into<String>, known: Action) {
        self.apps.entry(app.into()).or_default().insert(action.into(), known);
    }

    /// There is a plan in the program that runs by this tag.
    pub fn insert_plan(&mut self, kind: Kind, tag: impl Into<String>) {
        self.plans.insert((kind, tag.into()), Action::default());
    }

    /// There is a plan in the program that runs by this tag, and what it does must not happen twice.
    pub fn insert_plan_at_most_once(&mut self, kind: Kind, tag: impl Into<String>) {
        self.plans.insert((kind, tag.into()), Action::default().at_most_once());
    }

    /// Checks the names of apps and actions: by the rule of tags, as definitions write them.
    ///
    /// # Errors
    ///
    /// Every name that no definition can write.
    pub fn check(&self) -> Result<(), Invalid> {
        let mut faults = Faults::default();
        let mut judge = |what: &str, path: &Path, name: &str| {
            if let Err(problem) = tag::check(name) {
                let message = format!("no definition can name this {what}: {}", problem.message);
                faults.add(path, &Value::from(name), Problem { message, ..problem });
            }
        };
        for (app, actions) in &self.apps {
            let path = Path::default().key(app);
            judge("app", &path, app);
            for action in actions.keys() {
                judge("action", &path.key(action), action);
            }
        }
        faults.none_or(())
    }

    /// The kind of the program's plan that shares its tag with a definition of this kind.
    fn plan_of_tag(&self, kind: Kind, tag: &str) -> Option<Kind> {
        let named = |kind: Kind| self.plans.contains_key(&(kind, tag.to_owned()));
        space(kind).iter().copied().find(|kind| named(*kind))
    }

    /// What the program's plan of this tag does must not happen twice.
    pub(super) fn plan_is_once(&self, kind: Kind, tag: &str) -> bool {
        self.plans.get(&(kind, tag.to_owned())).is_some_and(|plan| plan.at_most_once)
    }

    pub(super) fn action(&self, app: &str, event: &str) -> Option<Action> {
        self.apps.get(app)?.get(event).copied()
    }
}

/// By kind and then by tag.
impl IntoIterator for Definitions {
    type Item = Definition;
    type IntoIter = std::collections::btree_map::IntoValues<(Kind, String), Definition>;

    fn into_iter(self) -> Self::IntoIter {
        self.definitions.into_values()
    }
}

/// Fallbacks, quotas and features share their tags.
fn space(kind: Kind) -> &'static [Kind] {
    match kind {
        Kind::Healthcheck => &[Kind::Healthcheck],
        Kind::Cache => &[Kind::Cache],
        Kind::Fallback | Kind::Quota | Kind::Feature => &[Kind::Fallback, Kind::Quota, Kind::Feature],
    }
}

/// As a set.
impl Definitions {
    /// Puts a definition into the set, and gives back the one of its kind and tag that was there.
    ///
    /// # Errors
    ///
    /// The tag belongs to a definition of another kind, or the set is full; it is then as it was.
    pub fn insert(&mut self, definition: Definition) -> Result<Option<Definition>, Invalid> {
        let (kind, tag) = (definition.kind(), definition.tag());
        let other = space(kind).iter().find(|other| **other != kind && self.get(**other, tag).is_some());
        let problem = match other {
            Some(other) => {
                Problem::new(Rule::Duplicate, format!("there is a {other} of this tag"), "write another tag")
            }
            None if self.definitions.len() >= limits::MOST_DEFINITIONS && self.get(kind, tag).is_none() => {
                let help = format!("keep at most {}", limits::MOST_DEFINITIONS);
                Problem::new(Rule::Limit, "there is no room for another definition", help)
            }
            None => return Ok(self.definitions.insert((kind, tag.to_owned()), definition)),
        };
        tag_is_refused(&definition, problem).none_or(None)
    }

    /// As [`insert`](Self::insert), of what the set has not got yet.
    ///
    /// # Errors
    ///
    /// Those of [`insert`](Self::insert); the set has a definition of that kind and tag. It is then as it was.
    pub fn insert_new(&mut self, definition: Definition) -> Result<(), Invalid> {
        let (kind, tag) = (definition.kind(), definition.tag());
        if self.get(kind, tag).is_none() {
            return self.insert(definition).map(drop);
        }
        let message = format!("there is a {kind} of this tag already");
        let problem = Problem::new(Rule::Duplicate, message, "write another tag, or take one of the two away");
        tag_is_refused(&definition, problem).none_or(())
    }

    /// Takes a definition out of the set.
    pub fn remove(&mut self, kind: Kind, tag: &str) -> Option<Definition> {
        self.definitions.remove(&(kind, tag.to_owned()))
    }

    /// The set without a definition.
    ///
    /// # Errors
    ///
    /// Every place where others name it.
    pub fn without(&self, kind: Kind, tag: &str) -> Result<Self, Invalid> {
        let mut all = Faults::default();
        for definition in self.iter() {
            let mut faults = Faults::default();
            for call in calls::of(definition) {
                if matches!(call.callee, Callee::Definition { kind: called, tag: named } if (called, named) == (kind, tag))
                {
                    let message = format!("this names the {kind} that is to be deleted");
                    let problem = Problem::new(Rule::Unknown, message, "take it out of here first");
                    faults.add(&place_of_name(&call), &Value::from(tag), problem);
                }
            }
            faults.belong_to(definition.kind(), definition.tag());
            all.merge(faults);
        }
        let mut without = self.clone();
        without.remove(kind, tag);
        all.none_or(without)
    }

    /// The definition of that kind and tag.
    pub fn get(&self, kind: Kind, tag: &str) -> Option<&Definition> {
        self.definitions.get(&(kind, tag.to_owned()))
    }

    /// All of them, by kind and then by tag.
    pub fn iter(&self) -> impl Iterator<Item = &Definition> {
        self.definitions.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.definitions.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.definitions.is_empty()
    }

    /// The healthchecks that are named and not defined, by tag: their status is unknown until they are.
    pub fn pending(&self) -> BTreeSet<&str> {
        let named = self.iter().flat_map(calls::of).filter_map(|call| match call.callee {
            Callee::Definition { kind: Kind::Healthcheck, tag } => Some(tag),
            _ => None,
        });
        named.filter(|tag| self.get(Kind::Healthcheck, tag).is_none()).collect()
    }

    /// Checks the definitions against each other, and against the apps where those are known.
    ///
    /// # Errors
    ///
    /// Every fault of every definition: what is named and does not exist (but for healthchecks, see
    /// [`pending`](Self::pending)), fields that no event yields, definitions that run themselves, and deadlines that leave
    /// somebody without a full attempt. Without the apps, an action takes 10 seconds unless its definition says otherwise, and
    /// a fallback or a quota that is not in the set may be a plan in code: it is refused where it looks like a slip.
    pub fn check(&self, apps: Option<&Apps>) -> Result<(), Invalid> {
        self.check_with_pending(apps, |_| true)
    }

    /// As [`check`](Self::check), and refuses healthchecks that are not defined.
    ///
    /// # Errors
    ///
    /// Those of [`check`](Self::check), and every name of a healthcheck that does not exist.
    pub fn check_complete(&self, apps: Option<&Apps>) -> Result<(), Invalid> {
        self.check_with_pending(apps, |_| false)
    }

    /// As [`check`](Self::check), and refuses healthchecks that are not defined unless they may be pending, by tag.
    ///
    /// # Errors
    ///
    /// Those of [`check`](Self::check), and every name of a healthcheck that does not exist and may not be pending.
    pub fn check_with_pending(&self, apps: Option<&Apps>, may_be: impl Fn(&str) -> bool) -> Result<(), Invalid> {
        self.judge(apps, &may_be, Drafts::default(), true).together().none_or(())
    }

    /// What is wrong with each definition, with what drafts have been refused for already; and what is wrong among several,
    /// each such fault with its definition. Where the set is not whole, nobody knows which definitions there are.
    pub(crate) fn judge(
        &self,
        apps: Option<&Apps>,
        may_be_pending: &dyn Fn(&str) -> bool,
        mut drafts: Drafts,
        is_whole: bool,
    ) -> Judged<'_> {
        let unsound = drafts.iter().filter(|(_, faults)| !faults.is_empty()).map(|(key, _)| key.clone());
        let unsound: BTreeSet<_> = unsound.collect();
        let is_unsound = |kind: Kind, tag: &str| !unsound.is_empty() && unsound.contains(&(kind, tag.to_owned()));
        let is_plain = |call: &Call<'_>| match call.callee {
            Callee::Definition { kind: Kind::Healthcheck | Kind::Cache, .. } | Callee::Action { .. } => true,
            Callee::Definition { kind, tag } => self.get(kind, tag).is_some() && !is_unsound(kind, tag),
        };
        let (yields, once) = (Yields::of(self, &is_unsound), self.at_most_once(apps));
        let mut times = self.times(apps);
        let mut each = Vec::new();
        for (key, definition) in &self.definitions {
            let mut own = drafts.remove(key).unwrap_or_default();
            let faults = &mut own;
            tag_is_free(definition, apps, faults);
            for call in calls::of(definition) {
                if is_whole || matches!(call.callee, Callee::Action { .. }) {
                    self.exists(&call, apps, may_be_pending, faults);
                }
            }
            if let Definition::Feature(feature) = definition {
                fields_are_yielded(feature, &yields, faults);
            }
            if let Some(apps) = apps {
                errors_have_a_meaning(definition, apps, faults);
            }
            super::once::is_not_repeated(definition, &once, apps, faults);
            // How long something takes that is unsound, nobody knows.
            if unsound.is_empty() || calls::of(definition).iter().all(is_plain) {
                times.judge(definition, faults);
            }
            if !own.is_empty() {
                own.belong_to(key.0, &key.1);
                each.push((key.0, key.1.as_str(), own));
            }
        }
        let mut among = Faults::default();
        super::cycles::refuse(self, &mut among);
        Judged { each, among }
    }

    /// As [`insert`](Self::insert), whatever else has the tag.
    pub(super) fn put(&mut self, definition: Definition) {
        self.definitions.insert((definition.kind(), definition.tag().to_owned()), definition);
    }

    fn exists(&self, call: &Call<'_>, apps: Option<&Apps>, may_be_pending: &dyn Fn(&str) -> bool, faults: &mut Faults) {
        let (name, message, help) = match call.callee {
            // What was to be named was refused when it was read.
            Callee::Definition { tag: "", .. } | Callee::Action { event: "", .. } | Callee::Action { app: "", .. } => {
                return;
            }
            Callee::Definition { kind, tag } => {
                let is_pending = kind == Kind::Healthcheck && may_be_pending(tag);
                let other = space(kind).iter().find(|other| self.get(**other, tag).is_some());
                let known = self.definitions.keys().filter(|(other, _)| *other == kind).map(|(_, tag)| tag.as_str());
                let is_plan = match apps {
                    Some(apps) => apps.plans.contains_key(&(kind, tag.to_owned())),
                    // Nobody knows which plans the program has in code: what looks like a slip is taken for one.
                    None => {
                        matches!(kind, Kind::Fallback | Kind::Quota)
                            && other.is_none()
                            && !known.clone().any(|known| is_slip_of(tag, known))
                    }
                };
                if is_plan || is_pending || self.get(kind, tag).is_some() {
                    return;
                }
                let plans = apps.into_iter().flat_map(|apps| apps.plans.keys()).filter(|(other, _)| *other == kind);
                let help = match other {
                    Some(other) => format!("`{tag}` is a {other}: write that as its type"),
                    None if kind == Kind::Healthcheck && apps.is_some() => {
                        let help = "give its definition to `Builder::definitions`, or take the name out of here";
                        let near = nearest(tag, known).map(|near| format!("did you mean `{near}`? else "));
                        format!("{}{help}", near.unwrap_or_default())
                    }
                    None => known_names(tag, kind.as_str(), known.chain(plans.map(|(_, tag)| tag.as_str()))),
                };
                (tag, format!("there is no {kind} `{tag}`"), help)
            }
            Callee::Action { app, event } => match apps.map(|apps| (apps, apps.apps.get(app))) {
                None => return,
                Some((_, Some(actions))) if actions.contains_key(event) => return,
                Some((_, Some(actions))) => {
                    let help = known_names(event, "action", actions.keys().map(String::as_str));
                    (event, format!("the app `{app}` has no action `{event}`"), help)
                }
                Some((apps, None)) => {
                    let help = known_names(app, "app", apps.apps.keys().map(String::as_str));
                    let problem = Problem::new(Rule::Unknown, format!("there is no app `{app}`"), help);
                    return faults.add(&call.path.key("app"), &Value::from(app), problem);
                }
            },
        };
        faults.add(&place_of_name(call), &Value::from(name), Problem::new(Rule::Unknown, message, help));
    }
}

/// Where the tag stands of what is called.
fn place_of_name(call: &Call<'_>) -> Path {
    match call.callee {
        Callee::Definition { kind: Kind::Healthcheck | Kind::Cache, .. } => call.path.clone(),
        _ => call.path.key("event"),
    }
}

fn tag_is_refused(definition: &Definition, problem: Problem) -> Faults {
    let mut faults = Faults::default();
    faults.add(&Path::default().key("tag"), &Value::from(definition.tag()), problem);
    faults.belong_to(definition.kind(), definition.tag());
    faults
}

/// No plan of the program has the tag.
fn tag_is_free(definition: &Definition, apps: Option<&Apps>, faults: &mut Faults) {
    let tag = definition.tag();
    if let Some(kind) = apps.and_then(|apps| apps.plan_of_tag(definition.kind(), tag)) {
        let message = format!("the program has a {kind} of this tag in its code");
        let problem = Problem::new(Rule::Duplicate, message, "write another tag");
        faults.add(&Path::default().key("tag"), &Value::from(tag), problem);
    }
}

/// `$Sequence{event}{field}`: the event yields that field, whatever serves it.
fn fields_are_yielded(feature: &Feature, yields: &Yields<'_>, faults: &mut Faults) {
    let root = Path::default();
    let mut mappings: Vec<(Path, &Mapping, &[Event])> = Vec::new();
    for (at, event) in feature.events.iter().enumerate() {
        let (path, earlier) = (root.key("events").index(at), &feature.events[..at]);
        mappings.extend(event.input.as_ref().map(|input| (path.key("input"), input, earlier)));
        mappings.extend(event.output.as_ref().map(|output| (path.key("output"), output, earlier)));
    }
    mappings.extend(feature.output.as_ref().map(|output| (root.key("output"), output, feature.events.as_slice())));
    for (path, mapping, earlier) in mappings {
        mapping.each(&path, &mut |path, template| {
            if let Some((message, help)) = missing_field(template, earlier, yields, faults) {
                let written = Value::from(template.to_string());
                faults.add(path, &written, Problem::new(Rule::Reference, message, help));
            }
        });
    }
}

fn missing_field(
    template: &Template,
    earlier: &[Event],
    yields: &Yields<'_>,
    faults: &Faults,
) -> Option<(String, String)> {
    template.references().filter(|reference| reference.root() == Root::Sequence).find_map(|reference| {
        let (event, field) = (reference.field(0)?, reference.field(1)?);
        let at = earlier.iter().position(|known| known.name() == event)?;
        let (event, path) = (&earlier[at], Path::default().key("events").index(at));
        // What it would yield was refused when it was read.
        if ["output", "event", "type"].iter().any(|key| faults.touch(&path.key(key))) {
            return None;
        }
        let fields = yields.of_event(event)?;
        (!fields.contains(field)).then(|| {
            let help = known_names(field, "field", fields.iter().copied());
            (format!("`{}` yields no `{field}` in every case", event.name()), help)
        })
    })
}

/// R30: what must not happen twice needs to know which errors mean that nothing happened.
fn errors_have_a_meaning(definition: &Definition, apps: &Apps, faults: &mut Faults) {
    let (policy, defaults, lists): (_, &Policies, Vec<(&str, &[Choice])>) = match definition {
        Definition::Fallback(it) => (&it.policy, &it.defaults, vec![("options", &it.options)]),
        Definition::Quota(it) => {
            (&it.policy, &it.defaults, vec![("options", &it.options), ("fallbacks", &it.fallbacks)])
        }
        _ => return,
    };
    let lists_are_wrong = |path: &Path, faults: &Faults| {
        ["retry_on", "failover_on", "abort_on", "ambiguous_on"].iter().any(|key| faults.touch(&path.key(key)))
    };
    if !policy.at_most_once || defaults.has_classes() || lists_are_wrong(&Path::default(), faults) {
        return;
    }
    for (key, choices) in lists {
        for (at, choice) in choices.iter().enumerate().filter(|(_, choice)| !choice.policies.has_classes()) {
            let action = choice.app.as_ref().and_then(|app| apps.action(app, &choice.event));
            if action.is_some_and(|action| !action.classified) {
                let message = "nothing says which errors of this action mean that nothing happened";
                let help = "write `retry_on`, `failover_on` or `ambiguous_on`, or leave out `at_most_once`";
                let path = Path::default().key(key).index(at);
                if !lists_are_wrong(&path, faults) {
                    faults.add_whole(&path, Problem::new(Rule::Together, message, help));
                }
            }
        }
    }
}

impl Faults {
    /// A fault of a definition that is known by kind and tag.
    pub(crate) fn of(&mut self, kind: Kind, tag: &str, path: &Path, problem: Problem) {
        let Problem { rule, message, help } = problem;
        let definition = Some(Named { kind, tag: tag.to_owned() });
        self.push_fault(Fault { definition, path: path.clone(), value: String::new(), rule, message, help });
    }
}
