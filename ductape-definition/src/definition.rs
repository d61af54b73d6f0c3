//! Definitions of every kind, from JSON and back.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value, json};

use crate::check::Draft;
use crate::fault::{Faults, Invalid, Path, Problem, Rule};
use crate::json;
use crate::model::{self, Cache, Fallback, Feature, Healthcheck, Quota};
use crate::shape::{Record, schema, snake};
use crate::words::{known_names, list, nearest};

/// What can be defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Kind {
    /// Ordered failover.
    Fallback,
    /// Distribution by weight.
    Quota,
    /// A check that is made again and again.
    Healthcheck,
    /// Events, one after the other.
    Feature,
    /// Results that are kept for a while.
    Cache,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Fallback, Self::Quota, Self::Healthcheck, Self::Feature, Self::Cache];

    /// As it is written in a definition.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fallback => "fallback",
            Self::Quota => "quota",
            Self::Healthcheck => "healthcheck",
            Self::Feature => "feature",
            Self::Cache => "cache",
        }
    }

    /// JSON Schema (2020-12) of its definitions, for editors: keys, types and ranges. What JSON Schema cannot say (sums,
    /// references, what exists) is checked when a definition is read.
    pub fn schema(self) -> Value {
        let mut schema = schema(self.record());
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
        schema["title"] = self.as_str().into();
        schema["properties"]["kind"] = json!({ "enum": [self.as_str(), self.as_str().to_ascii_uppercase(), null] });
        schema
    }

    pub(crate) fn record(self) -> &'static Record {
        match self {
            Self::Fallback => &model::FALLBACK,
            Self::Quota => &model::QUOTA,
            Self::Healthcheck => &model::HEALTHCHECK,
            Self::Feature => &model::FEATURE,
            Self::Cache => &model::CACHE,
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(name))
    }

    /// What an object defines: what its `kind` says, or what its keys tell.
    fn of(object: &Map<String, Value>) -> Option<Self> {
        let has = |key: &str| object.keys().any(|written| snake(written) == key);
        if let Some(Value::String(written)) = object.get("kind") {
            // One that is not known is told with all else that is wrong with what it is likely to be.
            let likely = || nearest(&written.to_ascii_lowercase(), Self::ALL.map(Self::as_str)).and_then(Self::named);
            if let Some(kind) = Self::named(written).or_else(likely) {
                return Some(kind);
            }
        }
        let weighted = |options: &Value| {
            options.as_array().is_some_and(|options| options.iter().any(|option| option.get("weight").is_some()))
        };
        if has("events") {
            Some(Self::Feature)
        } else if has("interval") {
            Some(Self::Healthcheck)
        } else if object.get("options").is_some_and(weighted) || has("providers") {
            Some(Self::Quota)
        } else if has("options") {
            Some(Self::Fallback)
        } else if has("expiry") || has("ttl") {
            Some(Self::Cache)
        } else {
            None
        }
    }
}

impl Display for Kind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A definition of any kind.
///
/// Its JSON may say what it is (`"kind": "quota"`); else its keys tell: `events` make a feature, `interval` a
/// healthcheck, options with weights a quota, options a fallback, `expiry` a cache.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Definition {
    /// Ordered failover.
    Fallback(Fallback),
    /// Distribution by weight.
    Quota(Quota),
    /// A check that is made again and again.
    Healthcheck(Healthcheck),
    /// Events, one after the other.
    Feature(Feature),
    /// Results that are kept for a while.
    Cache(Cache),
}

/// From JSON and back.
impl Definition {
    /// Reads a definition, and checks all that can be checked without knowing the others.
    ///
    /// # Errors
    ///
    /// Every fault of the definition, each with its path.
    pub fn from_json(text: &str) -> Result<Self, Invalid> {
        Self::from_value(&json::read(text)?)
    }

    /// As [`from_json`](Self::from_json), from a value.
    ///
    /// # Errors
    ///
    /// Every fault of the definition, each with its path.
    pub fn from_value(value: &Value) -> Result<Self, Invalid> {
        Self::draft_of(value).finish()
    }

    pub(crate) fn draft_of(value: &Value) -> Draft {
        let root = Path::default();
        let (path, at, problem) = match value.as_object().map(|object| (Kind::of(object), object.get("kind"))) {
            Some((Some(kind), _)) => return Self::draft(kind, value),
            Some((None, Some(at @ Value::String(kind)))) => {
                let help = known_names(&kind.to_ascii_lowercase(), "kind", Kind::ALL.map(Kind::as_str));
                (root.key("kind"), at, Problem::new(Rule::Form, "this is no kind of definition", help))
            }
            Some((None, _)) => {
                let help = format!("write `\"kind\"`: {}", list(Kind::ALL.map(Kind::as_str), "or"));
                (root, value, Problem::new(Rule::Missing, "nothing tells what this defines", help))
            }
            None => {
                (root, value, Problem::new(Rule::Form, "a definition is an object", "write an object with a `tag`"))
            }
        };
        let mut faults = Faults::default();
        faults.add(&path, at, problem);
        Draft { definition: None, faults }
    }

    /// As [`from_value`](Self::from_value), where it is known what the value defines.
    ///
    /// # Errors
    ///
    /// Every fault of the definition, each with its path.
    pub fn of_kind(kind: Kind, value: &Value) -> Result<Self, Invalid> {
        Self::draft(kind, value).finish()
    }

    pub(crate) fn draft(kind: Kind, value: &Value) -> Draft {
        fn of<T: Into<Definition>>((definition, faults): (Option<T>, Faults)) -> Draft {
            Draft { definition: definition.map(Into::into), faults }
        }
        match kind {
            Kind::Fallback => of(Fallback::draft(value)),
            Kind::Quota => of(Quota::draft(value)),
            Kind::Healthcheck => of(Healthcheck::draft(value)),
            Kind::Feature => of(Feature::draft(value)),
            Kind::Cache => of(Cache::draft(value)),
        }
    }

    /// Reads a text that holds one definition or a list of them.
    ///
    /// # Errors
    ///
    /// Every fault of every definition, each with its path in the text.
    pub fn all_from_json(text: &str) -> Result<Vec<Self>, Invalid> {
        let value = json::read(text)?;
        let Value::Array(items) = value else { return Self::from_value(&value).map(|definition| vec![definition]) };
        let mut faults = Faults::default();
        let mut definitions = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match Self::from_value(item) {
                Ok(definition) => definitions.push(definition),
                Err(invalid) => faults.extend(invalid.below(index)),
            }
        }
        faults.none_or(definitions)
    }

    /// With other values for some of its keys, checked as a whole. A list or an object is replaced, not merged; `null`
    /// takes a key away.
    ///
    /// # Errors
    ///
    /// Every fault that the definition would have; another tag or kind is one.
    ///
    /// ```
    /// use ductape_definition::Definition;
    /// use serde_json::json;
    ///
    /// let cache = Definition::from_json(r#"{ "tag": "payments", "expiry": "60s", "stale": "10m" }"#)?;
    /// let longer = cache.patched(&json!({ "expiry": "5m", "stale": null }))?;
    /// assert_eq!(longer.to_value(), json!({ "kind": "cache", "tag": "payments", "expiry": "5m" }));
    /// # Ok::<(), ductape_definition::Invalid>(())
    /// ```
    pub fn patched(&self, patch: &Value) -> Result<Self, Invalid> {
        self.patched_draft(patch).finish()
    }

    pub(crate) fn patched_draft(&self, patch: &Value) -> Draft {
        let (root, mut faults) = (Path::default(), Faults::default());
        let mut whole = self.to_value();
        let (Value::Object(keys), Value::Object(patch)) = (&mut whole, patch) else {
            let help = "write an object of the keys to change";
            faults.add(&root, patch, Problem::new(Rule::Form, "a patch is an object", help));
            return Draft { definition: None, faults };
        };
        let mut given = BTreeSet::new();
        for (key, value) in patch {
            // A key that is not known stays, to be refused with all else that is wrong.
            let known = self.kind().record().field(key).map_or(key.as_str(), |field| field.key);
            let stays = match known {
                "tag" => keys.get(known) == Some(value),
                "kind" => value.as_str().and_then(Kind::named) == Some(self.kind()),
                _ => true,
            };
            if !given.insert(known) {
                faults.add(&root.key(key), value, Problem::twice(known));
            } else if !stays {
                let help = "define another one, and delete this";
                let problem = Problem::new(Rule::Together, format!("`{known}` cannot be changed"), help);
                faults.add(&root.key(key), value, problem);
            } else if value.is_null() {
                keys.remove(known);
            } else {
                keys.insert(known.to_owned(), value.clone());
            }
        }
        let mut draft = Self::draft(self.kind(), &whole);
        draft.faults.precede(faults);
        draft
    }

    /// As JSON in one notation: snake case, durations as texts, every policy as an object.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Fallback(fallback) => fallback.to_value(),
            Self::Quota(quota) => quota.to_value(),
            Self::Healthcheck(healthcheck) => healthcheck.to_value(),
            Self::Feature(feature) => feature.to_value(),
            Self::Cache(cache) => cache.to_value(),
        }
    }

    /// What it defines.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Fallback(_) => Kind::Fallback,
            Self::Quota(_) => Kind::Quota,
            Self::Healthcheck(_) => Kind::Healthcheck,
            Self::Feature(_) => Kind::Feature,
            Self::Cache(_) => Kind::Cache,
        }
    }

    /// Its tag.
    pub fn tag(&self) -> &str {
        match self {
            Self::Fallback(fallback) => &fallback.tag,
            Self::Quota(quota) => &quota.tag,
            Self::Healthcheck(healthcheck) => &healthcheck.tag,
            Self::Feature(feature) => &feature.tag,
            Self::Cache(cache) => &cache.tag,
        }
    }
}

impl Definition {
    pub(crate) fn set_tag(&mut self, tag: String) {
        *match self {
            Self::Fallback(fallback) => &mut fallback.tag,
            Self::Quota(quota) => &mut quota.tag,
            Self::Healthcheck(healthcheck) => &mut healthcheck.tag,
            Self::Feature(feature) => &mut feature.tag,
            Self::Cache(cache) => &mut cache.tag,
        } = tag;
    }
}

impl Serialize for Definition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Definition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_value(&Value::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
