//! Fallbacks and quotas.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::input::INPUT_FIELD;
use super::policies::{PLAN_POLICY, POLICIES};
use super::run::OF_ALL_OPTIONS;
use super::{Inputs, PREAMBLE, Pick, PlanPolicy, Policies};
use crate::limits::{self, range};
use crate::shape::{Field, Record, Shape};
use crate::template::{Mapping, Template};

const INPUT: Field = Field::new("input", Shape::Fields(&INPUT_FIELD), "what a run must be given");
const CACHE: Field =
    Field::new("cache", Shape::Short(&Shape::Tag, Some("tag"), &CACHE_USE), "the cache of its results");

const CACHE_USE: Record = Record {
    name: "a plan's cache",
    groups: &[&[
        Field::new("tag", Shape::Tag, "a defined cache; instead of the other keys"),
        Field::new("expiry", Shape::Span(range::LONGEST_AGE), "how long a result is fresh").alias("ttl"),
        Field::new("stale", Shape::Span(range::LONGEST_AGE), "how much longer it may stand in for a failure"),
        Field::new("capacity", Shape::Whole(1, range::COUNT), "results kept; 10 000 unless said"),
    ]],
};

pub(crate) const FALLBACK: Record = Record {
    name: "a fallback",
    groups: &[
        PREAMBLE,
        &[
            INPUT,
            Field::new(
                "options",
                Shape::Several(&Shape::Record(&OPTION), limits::MOST_OPTIONS),
                "the providers, in their order",
            )
            .required(),
            CACHE,
        ],
        PLAN_POLICY,
        POLICIES,
        &[Field::new(
            "",
            Shape::Elsewhere(&OF_ALL_OPTIONS),
            "an `update` of a process request takes it; a definition has `retries`, and `options` in their order",
        )],
    ],
};

pub(crate) const QUOTA: Record = Record {
    name: "a quota",
    groups: &[
        PREAMBLE,
        &[
            INPUT,
            Field::new(
                "options",
                Shape::Several(&Shape::Record(&WEIGHTED), limits::MOST_OPTIONS),
                "the providers, each with its weight",
            )
            .required()
            .alias("providers"),
            Field::new(
                "fallbacks",
                Shape::List(&Shape::Record(&OPTION), limits::MOST_OPTIONS),
                "used in order when no provider is left",
            ),
            Field::new("total", Shape::Whole(1, range::TOTAL), "what the weights add up to; 100 unless said"),
            Field::new("pick", Shape::Word(&["smooth", "random"]), "how a provider is picked; smooth unless said"),
            Field::new("sticky", Shape::Template, "same value, same provider"),
            Field::new("failover", Shape::Switch, "whether another provider is tried; true unless said"),
            CACHE,
        ],
        PLAN_POLICY,
        POLICIES,
    ],
};

const OPTION: Record = Record { name: "an option", groups: &[OPTION_FIELDS, POLICIES, WEIGHED_ELSEWHERE] };
const WEIGHTED: Record = Record { name: "an option of a quota", groups: &[WEIGHT, OPTION_FIELDS, POLICIES] };

const WEIGHT: &[Field] =
    &[Field::new("weight", Shape::Whole(0, range::WEIGHT), "share of the traffic; 0 is a drained provider").required()];

const WEIGHED_ELSEWHERE: &[Field] = &[Field::new(
    "",
    Shape::Elsewhere(&Record { name: "a share", groups: &[WEIGHT] }),
    "only the `options` of a quota have weights: leave it out, or write a quota",
)];

const OPTION_FIELDS: &[Field] = &[
    Field::new("type", Shape::Word(&["action", "feature"]), "what is run; an action unless said"),
    Field::new("event", Shape::Tag, "the tag of the action or the feature").required(),
    Field::new("app", Shape::Tag, "the app of the action"),
    Field::new("provider", Shape::Tag, "the provider's name; the app, or the feature, unless said"),
    Field::new("input", Shape::Mapping, "what the action is given; the run's input unless said"),
    Field::new("output", Shape::Mapping, "what is taken from the response; all of it unless said"),
    Field::new("healthcheck", Shape::Tag, "skip it while this is unhealthy"),
    Field::new("check_interval", Shape::Span(range::LONGEST), "the healthcheck's interval, for this option"),
    Field::new("cost", Shape::Number(0.0, f64::MAX), "what a call costs, in a unit of yours"),
    Field::new("provider_status", Shape::Tracked, "tracked by the library, and not read"),
    Field::new("last_available", Shape::Tracked, "tracked by the library, and not read"),
    Field::new("last_available_at", Shape::Tracked, "tracked by the library, and not read"),
    Field::new("last_checked", Shape::Tracked, "tracked by the library, and not read"),
    Field::new("pending", Shape::Tracked, "tracked by the library, and not read"),
];

/// Ordered failover over options.
///
/// A typed definition is judged where it is given to a catalogue, and so is what [`Default`] leaves empty.
///
/// ```
/// use ductape_definition::{Choice, Fallback, Policies};
///
/// let option = |app: &str| Choice { app: Some(app.to_owned()), event: "charge".to_owned(), ..Choice::default() };
/// let typed = Fallback {
///     tag: "pay".to_owned(),
///     options: vec![option("stripe"), option("paypal")],
///     defaults: Policies { retries: Some(2), ..Policies::default() },
///     ..Fallback::default()
/// };
/// let read = Fallback::from_json(
///     r#"{ "tag": "pay", "retries": 2,
///          "options": [{ "app": "stripe", "event": "charge" }, { "app": "paypal", "event": "charge" }] }"#,
/// )?;
/// assert_eq!(typed, read);
/// # Ok::<(), ductape_definition::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[expect(clippy::exhaustive_structs, reason = "written as it stands")]
pub struct Fallback {
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
    /// The providers, in their order.
    pub options: Vec<Choice>,
    /// The cache of its results.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<CacheUse>,
    /// The clauses of the whole run.
    #[serde(flatten)]
    pub policy: PlanPolicy,
    /// What holds for every provider that says nothing else.
    #[serde(flatten)]
    pub defaults: Policies,
}

/// Distribution over options, by weight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[expect(clippy::exhaustive_structs, reason = "written as it stands")]
pub struct Quota {
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
    /// The providers, each with its weight.
    pub options: Vec<Choice>,
    /// Used in order when no provider is left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fallbacks: Vec<Choice>,
    /// What the weights add up to; 100 unless said.
    #[serde(default = "hundred")]
    pub total: u32,
    /// How a provider is picked.
    #[serde(default)]
    pub pick: Pick,
    /// Same value, same provider, while it is available.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sticky: Option<Template>,
    /// Whether another provider is tried when the chosen one fails; true unless said.
    #[serde(default = "yes")]
    pub failover: bool,
    /// The cache of its results.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<CacheUse>,
    /// The clauses of the whole run.
    #[serde(flatten)]
    pub policy: PlanPolicy,
    /// What holds for every provider that says nothing else.
    #[serde(flatten)]
    pub defaults: Policies,
}

/// One without options, which weighs to 100, and fails over.
impl Default for Quota {
    fn default() -> Self {
        Self {
            tag: String::new(),
            name: None,
            description: None,
            input: Inputs::default(),
            options: Vec::new(),
            fallbacks: Vec::new(),
            total: hundred(),
            pick: Pick::default(),
            sticky: None,
            failover: yes(),
            cache: None,
            policy: PlanPolicy::default(),
            defaults: Policies::default(),
        }
    }
}

fn hundred() -> u32 {
    100
}

fn yes() -> bool {
    true
}

/// An option of a fallback or a quota: a provider.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "written as it stands")]
pub struct Choice {
    /// What is run.
    #[serde(rename = "type", default)]
    pub kind: ChoiceKind,
    /// The tag of the action or the feature.
    pub event: String,
    /// The app of the action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// The provider's name, where one is given; see [`Fallback::providers`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Share of a quota's traffic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<u32>,
    /// What the action is given; the run's input unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Mapping>,
    /// What is taken from the response; all of it unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Mapping>,
    /// Skip it while this is unhealthy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<String>,
    /// The healthcheck is checked at least as often as this.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::literal::duration::option")]
    pub check_interval: Option<Duration>,
    /// What a call costs, in a unit of the user's.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::literal::number::option::serialize"
    )]
    pub cost: Option<f64>,
    /// The clauses of the provider.
    #[serde(flatten)]
    pub policies: Policies,
}

/// What an option runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ChoiceKind {
    /// An action of an app.
    #[default]
    Action,
    /// A feature.
    Feature,
}

/// Which cache a plan's results are kept in: a defined one, or one of the plan's own.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::exhaustive_structs, reason = "written as it stands")]
pub struct CacheUse {
    /// A defined cache; instead of what follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// How long a result is fresh.
    #[serde(skip_serializing_if = "Option::is_none", with = "crate::literal::duration::option")]
    pub expiry: Option<Duration>,
    /// How much longer it may stand in for a failure.
    #[serde(skip_serializing_if = "Option::is_none", with = "crate::literal::duration::option")]
    pub stale: Option<Duration>,
    /// Results kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
}

impl Fallback {
    /// The providers' names, in the order of the options: what `provider` says, else the app, or app and event where
    /// an app stands twice; for a feature, its tag.
    pub fn providers(&self) -> Vec<String> {
        names(&self.options.iter())
    }
}

impl Quota {
    /// The providers' names, those of the fallback tier after the others; made as in [`Fallback::providers`].
    pub fn providers(&self) -> Vec<String> {
        names(&self.choices())
    }

    /// The options, and those of the fallback tier after them.
    pub fn choices(&self) -> impl Iterator<Item = &Choice> + Clone {
        self.options.iter().chain(&self.fallbacks)
    }
}

fn names<'a>(choices: &(impl Iterator<Item = &'a Choice> + Clone)) -> Vec<String> {
    let is_twice = |app: &String| {
        choices.clone().filter(|other| other.provider.is_none() && other.app.as_ref() == Some(app)).count() > 1
    };
    let name = |choice: &Choice| match (&choice.provider, &choice.app) {
        (Some(provider), _) => provider.clone(),
        (None, Some(app)) if is_twice(app) => format!("{app}/{}", choice.event),
        (None, Some(app)) => app.clone(),
        (None, None) => choice.event.clone(),
    };
    choices.clone().map(name).collect()
}
