//! Features: events, one after the other.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::input::INPUT_FIELD;
use super::policies::POLICIES;
use super::{Inputs, PREAMBLE, Policies};
use crate::definition::Kind;
use crate::limits::{self, range};
use crate::shape::{Field, Record, Shape};
use crate::template::Mapping;

pub(crate) const FEATURE: Record = Record {
    name: "a feature",
    groups: &[
        PREAMBLE,
        &[
            Field::new("input", Shape::Fields(&INPUT_FIELD), "what a run must be given"),
            Field::new(
                "events",
                Shape::Several(&Shape::Record(&EVENT), limits::MOST_EVENTS),
                "what is run, one after the other",
            )
            .required(),
            Field::new("output", Shape::Mapping, "what a run yields; what its last event yields unless said"),
            Field::new("deadline", Shape::Span(range::LONGEST), "bounds the whole run"),
        ],
    ],
};

const EVENT: Record = Record {
    name: "an event",
    groups: &[
        &[
            Field::new("type", Shape::Word(&["action", "feature", "fallback", "quota"]), "what is run").required(),
            Field::new("event", Shape::Tag, "the tag of what is run").required(),
            Field::new("app", Shape::Tag, "the app of an action"),
            Field::new("as", Shape::Tag, "what `$Sequence` calls it; its tag unless said"),
            Field::new("input", Shape::Mapping, "what it is given; the run's input unless said"),
            Field::new("output", Shape::Mapping, "what is taken from the response; all of it unless said"),
            Field::new("allow_fail", Shape::Switch, "whether the feature goes on when it fails"),
        ],
        POLICIES,
    ],
};

/// Events that run one after the other, each with what earlier ones yielded.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[expect(clippy::exhaustive_structs, reason = "written as it stands")]
pub struct Feature {
    /// The unique name.
    pub tag: String,
    /// The name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What a run must be given.
    #[serde(default)]
    pub input: Inputs,
    /// What is run, one after the other.
    pub events: Vec<Event>,
    /// What a run yields; what its last event yields unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Mapping>,
    /// Bounds the whole run.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::literal::duration::option")]
    pub deadline: Option<Duration>,
}

/// One event of a feature.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "written as it stands")]
pub struct Event {
    /// What is run.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// The tag of what is run.
    pub event: String,
    /// The app of an action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// What `$Sequence` calls it, where that is given; see [`Event::name`].
    #[serde(rename = "as", default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// What it is given; the run's input unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Mapping>,
    /// What is taken from the response; all of it unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Mapping>,
    /// Whether the feature goes on when it fails.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_fail: bool,
    /// The clauses of the event.
    #[serde(flatten)]
    pub policies: Policies,
}

impl Event {
    /// What `$Sequence` calls it: its tag, unless an `as` says otherwise.
    pub fn name(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.event)
    }
}

/// What an event runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum EventKind {
    /// An action of an app.
    #[default]
    Action,
    /// Another feature.
    Feature,
    /// A fallback.
    Fallback,
    /// A quota.
    Quota,
}

impl EventKind {
    /// What kind of definition is run; none by an action.
    pub(crate) fn of_definition(self) -> Option<Kind> {
        match self {
            Self::Action => None,
            Self::Feature => Some(Kind::Feature),
            Self::Fallback => Some(Kind::Fallback),
            Self::Quota => Some(Kind::Quota),
        }
    }
}
