//! Requests as data: to run a definition, and to process a fallback.

use std::fmt::{self, Debug, Formatter};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::FALLBACK;
use crate::limits::range;
use crate::shape::{Field, Record, Shape};

const SURROUNDINGS: &[Field] = &[
    Field::new("env", Shape::Tag, "the environment; the catalogue's unless said"),
    Field::new("product", Shape::Tag, "the product; the catalogue's unless said"),
    Field::new("session", Shape::Record(&SESSION), "the session in which it runs"),
    Field::new("cache", Shape::Tag, "the cache of its results"),
];

pub(crate) const RUN: Record = Record {
    name: "a run",
    groups: &[
        &[
            Field::new("tag", Shape::Tag, "what is run").required(),
            Field::new("input", Shape::Anything, "what it is given"),
        ],
        SURROUNDINGS,
    ],
};

pub(crate) const PROCESS: Record = Record {
    name: "a process request",
    groups: &[
        &[
            Field::new("fallback_tag", Shape::Tag, "the fallback").required().alias("tag"),
            Field::new("action", Shape::Word(&["trigger", "update", "reset"]), "what is done with it").required(),
            Field::new("input", Shape::Anything, "what it is given, or what is changed"),
        ],
        SURROUNDINGS,
    ],
};

pub(crate) const SESSION: Record = Record {
    name: "a session",
    groups: &[&[
        // Who mixes the two up does not show the token.
        Field::new("tag", Shape::Text(1_024), "what identifies the session").required().secret(),
        Field::new("token", Shape::Text(16_384), "its secret").required().secret(),
    ]],
};

/// What is changed in all options at once.
pub(crate) const OF_ALL_OPTIONS: Record = Record { name: "what all options have", groups: &[CHANGE_FIELDS] };

const CHANGE_FIELDS: &[Field] = &[
    Field::new("max_retries", Shape::Whole(0, range::RETRIES), "the retries of every option"),
    // Where an app stands twice, its options are called `app/event`.
    Field::new("fallback_provider", Shape::Text(129), "the option that comes next after the primary"),
];

pub(crate) const CHANGE: Record = Record {
    name: "an update of a fallback",
    groups: &[
        CHANGE_FIELDS,
        &[Field::new(
            "",
            Shape::Elsewhere(&FALLBACK),
            "this is a key of the definition: send it in an update of its own, before or after this one",
        )],
    ],
};

/// A request to run a definition.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[expect(clippy::exhaustive_structs, reason = "written as it stands")]
pub struct Run {
    /// What is run.
    pub tag: String,
    /// What it is given.
    #[serde(default)]
    pub input: Value,
    /// The environment; the catalogue's unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<String>,
    /// The product; the catalogue's unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// The session in which it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// The cache of its results.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<String>,
}

impl Run {
    /// Runs what has this tag, with no input.
    pub fn new(tag: impl Into<String>) -> Self {
        Self { tag: tag.into(), input: Value::Null, env: None, product: None, session: None, cache: None }
    }

    /// With this input.
    #[must_use]
    pub fn input(self, input: Value) -> Self {
        Self { input, ..self }
    }

    /// In this environment.
    #[must_use]
    pub fn env(self, env: impl Into<String>) -> Self {
        Self { env: Some(env.into()), ..self }
    }

    /// For this product.
    #[must_use]
    pub fn product(self, product: impl Into<String>) -> Self {
        Self { product: Some(product.into()), ..self }
    }

    /// In this session.
    #[must_use]
    pub fn session(self, tag: impl Into<String>, token: impl Into<String>) -> Self {
        Self { session: Some(Session::new(tag, token)), ..self }
    }

    /// With this cache.
    #[must_use]
    pub fn cache(self, cache: impl Into<String>) -> Self {
        Self { cache: Some(cache.into()), ..self }
    }
}

/// A request to run, change or reset a fallback.
///
/// ```
/// use ductape_definition::{Process, ProcessAction};
/// use serde_json::json;
///
/// let input = json!({ "maxRetries": 3, "fallbackProvider": "paypal" });
/// let update = Process::new("payment-failure", ProcessAction::Update).input(input.clone());
/// assert_eq!(update, Process { input, ..Process::new("payment-failure", ProcessAction::Update) });
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[expect(clippy::exhaustive_structs, reason = "written as it stands, with `..Process::new(…)`")]
pub struct Process {
    /// The fallback.
    pub fallback_tag: String,
    /// What is done with it.
    pub action: ProcessAction,
    /// What it is given, or what is changed.
    #[serde(default)]
    pub input: Value,
    /// The environment; the catalogue's unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<String>,
    /// The product; the catalogue's unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// The session in which it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// The cache of its results.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<String>,
}

impl Process {
    /// Does this with that fallback, without input.
    pub fn new(fallback_tag: impl Into<String>, action: ProcessAction) -> Self {
        let Run { tag, input, env, product, session, cache } = Run::new(fallback_tag);
        Self { fallback_tag: tag, action, input, env, product, session, cache }
    }

    /// With this input, or this change.
    #[must_use]
    pub fn input(self, input: Value) -> Self {
        Self { input, ..self }
    }

    /// In this environment.
    #[must_use]
    pub fn env(self, env: impl Into<String>) -> Self {
        Self { env: Some(env.into()), ..self }
    }

    /// For this product.
    #[must_use]
    pub fn product(self, product: impl Into<String>) -> Self {
        Self { product: Some(product.into()), ..self }
    }

    /// In this session.
    #[must_use]
    pub fn session(self, tag: impl Into<String>, token: impl Into<String>) -> Self {
        Self { session: Some(Session::new(tag, token)), ..self }
    }

    /// With this cache.
    #[must_use]
    pub fn cache(self, cache: impl Into<String>) -> Self {
        Self { cache: Some(cache.into()), ..self }
    }
}

/// What is done with a fallback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ProcessAction {
    /// It is run.
    #[default]
    Trigger,
    /// Its definition is changed.
    Update,
    /// Its state is cleared.
    Reset,
}

/// A session: who it is, and a secret that `Debug` does not show.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[expect(clippy::exhaustive_structs, reason = "written as it stands")]
pub struct Session {
    /// What identifies the session.
    pub tag: String,
    /// Its secret.
    pub token: String,
}

impl Session {
    /// A session of this tag and secret.
    pub fn new(tag: impl Into<String>, token: impl Into<String>) -> Self {
        Self { tag: tag.into(), token: token.into() }
    }
}

impl Debug for Session {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("tag", &self.tag).finish_non_exhaustive()
    }
}

/// The input of an `update`, where it is no patch of the definition.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(remote = "Self", default)]
#[expect(clippy::exhaustive_structs, reason = "written as it stands")]
pub struct Change {
    /// The retries of every option.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_retries: Option<u32>,
    /// The option that comes next after the primary, by provider name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_provider: Option<String>,
}
