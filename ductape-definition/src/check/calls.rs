//! What does a definition name, and where?

use crate::definition::{Definition, Kind};
use crate::fault::Path;
use crate::model::{Choice, ChoiceKind};

/// Something that a definition names.
pub(crate) struct Call<'a> {
    /// Where the name stands.
    pub(crate) path: Path,
    pub(crate) callee: Callee<'a>,
}

pub(crate) enum Callee<'a> {
    Action { app: &'a str, event: &'a str },
    Definition { kind: Kind, tag: &'a str },
}

/// Everything that the definition names, in its order.
pub(crate) fn of(definition: &Definition) -> Vec<Call<'_>> {
    let root = Path::default();
    let mut calls = Vec::new();
    match definition {
        Definition::Fallback(fallback) => {
            choices(&root.key("options"), &fallback.options, &mut calls);
            cache(fallback.cache.as_ref().and_then(|cache| cache.tag.as_deref()), &mut calls);
        }
        Definition::Quota(quota) => {
            choices(&root.key("options"), &quota.options, &mut calls);
            choices(&root.key("fallbacks"), &quota.fallbacks, &mut calls);
            cache(quota.cache.as_ref().and_then(|cache| cache.tag.as_deref()), &mut calls);
        }
        Definition::Healthcheck(healthcheck) => {
            let callee = Callee::Action { app: &healthcheck.app, event: &healthcheck.event };
            calls.push(Call { path: root, callee });
        }
        Definition::Feature(feature) => {
            for (at, event) in feature.events.iter().enumerate() {
                let kind = event.kind.of_definition();
                call(root.key("events").index(at), kind, event.app.as_deref(), &event.event, &mut calls);
            }
        }
        Definition::Cache(_) => {}
    }
    calls
}

fn choices<'a>(path: &Path, choices: &'a [Choice], calls: &mut Vec<Call<'a>>) {
    for (at, choice) in choices.iter().enumerate() {
        let path = path.index(at);
        if let Some(tag) = &choice.healthcheck {
            let callee = Callee::Definition { kind: Kind::Healthcheck, tag };
            calls.push(Call { path: path.key("healthcheck"), callee });
        }
        let kind = (choice.kind == ChoiceKind::Feature).then_some(Kind::Feature);
        call(path, kind, choice.app.as_deref(), &choice.event, calls);
    }
}

fn call<'a>(path: Path, kind: Option<Kind>, app: Option<&'a str>, event: &'a str, calls: &mut Vec<Call<'a>>) {
    calls.extend(Callee::of(kind, app, event).map(|callee| Call { path, callee }));
}

impl<'a> Callee<'a> {
    /// What an option or an event runs; nothing where an action has no app, which was refused when it was read.
    pub(crate) fn of(kind: Option<Kind>, app: Option<&'a str>, event: &'a str) -> Option<Self> {
        match (kind, app) {
            (Some(kind), _) => Some(Self::Definition { kind, tag: event }),
            (None, app) => Some(Self::Action { app: app?, event }),
        }
    }
}

fn cache<'a>(tag: Option<&'a str>, calls: &mut Vec<Call<'a>>) {
    calls.extend(
        tag.map(|tag| Call {
            path: Path::default().key("cache"),
            callee: Callee::Definition { kind: Kind::Cache, tag },
        }),
    );
}
