//! What a run must be given.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::fault::{Faults, Invalid, Path, Problem, Rule};
use crate::limits;
use crate::shape::{Field, Record, Shape};
use crate::words::known_names;

pub(crate) const INPUT_FIELD: Record = Record {
    name: "a declared field",
    groups: &[&[
        Field::new("type", Shape::Word(&DataType::WORDS), "the type of its values").required(),
        Field::new("required", Shape::Switch, "whether a run must give it; true unless there is a default"),
        Field::new("default", Shape::Anything, "what it is when a run does not give it"),
        Field::new("description", Shape::Text(limits::MOST_CHARACTERS), "what it is for"),
    ]],
};

/// The declared input: what a run must and may be given.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Inputs(BTreeMap<String, InputField>);

/// One declared field of an input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "written as it stands")]
pub struct InputField {
    /// The type of its values.
    #[serde(rename = "type")]
    pub data_type: DataType,
    /// Whether a run must give it; said or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// What it is when a run does not give it. `null` is a value, too.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub default: Option<Value>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// `"default": null` is a default.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// The types that a field of an input can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DataType {
    /// A text.
    String,
    /// A number.
    Number,
    /// A number without a fraction.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// An object.
    Object,
    /// A list.
    Array,
    /// Anything, `null` included.
    Any,
}

impl DataType {
    pub(crate) const WORDS: [&str; 7] = ["string", "number", "integer", "boolean", "object", "array", "any"];

    /// Whether the value has this type.
    pub fn admits(self, value: &Value) -> bool {
        match self {
            Self::String => value.is_string(),
            Self::Number => value.is_number(),
            Self::Integer => {
                value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
            }
            Self::Boolean => value.is_boolean(),
            Self::Object => value.is_object(),
            Self::Array => value.is_array(),
            Self::Any => true,
        }
    }

    /// As it is written in a definition.
    pub fn as_str(self) -> &'static str {
        Self::WORDS[self as usize]
    }
}

impl InputField {
    /// A required field of that type.
    pub fn new(data_type: DataType) -> Self {
        Self { data_type, required: None, default: None, description: None }
    }

    /// Whether a run must give it: unless said, what has no default is required.
    pub fn is_required(&self) -> bool {
        self.default.is_none() && self.required.unwrap_or(true)
    }
}

impl Inputs {
    /// The declared fields, by name.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &InputField)> + Clone {
        self.0.iter().map(|(name, field)| (name.as_str(), field))
    }

    /// The declared field of that name.
    pub fn get(&self, name: &str) -> Option<&InputField> {
        self.0.get(name)
    }

    /// Declares a field.
    pub fn insert(&mut self, name: impl Into<String>, field: InputField) {
        self.0.insert(name.into(), field);
    }

    /// A run's input, with the defaults of what is not given. Nothing given (`null`) is an empty input.
    ///
    /// # Errors
    ///
    /// Missing, unknown and ill-typed fields, all of them; an input beyond [`MOST_BYTES`](limits::MOST_BYTES) or
    /// [`MOST_LEVELS`](limits::MOST_LEVELS).
    ///
    /// ```
    /// use ductape_definition::{DataType, InputField, Inputs};
    /// use serde_json::json;
    ///
    /// let mut inputs = Inputs::default();
    /// inputs.insert("amount", InputField::new(DataType::Number));
    ///
    /// assert!(inputs.accept(&json!({ "amount": 0 })).is_ok());
    /// let error = inputs.accept(&json!({ "amout": "0" })).expect_err("wrong in two ways");
    /// assert_eq!(error.faults().len(), 2);
    /// ```
    pub fn accept(&self, input: &Value) -> Result<Value, Invalid> {
        let mut faults = Faults::default();
        let root = Path::default();
        if let Err(problem) = crate::json::measure(input, limits::MOST_LEVELS) {
            faults.add_whole(&root, problem);
            return faults.none_or(Value::Null);
        }
        let empty = Map::new();
        let given = match input {
            Value::Object(given) => given,
            Value::Null => &empty,
            _ => {
                faults.add(&root, input, Problem::new(Rule::Form, "an input is an object", "write the input's fields"));
                return faults.none_or(Value::Null);
            }
        };
        let mut accepted = Map::new();
        for (name, field) in &self.0 {
            match (given.get(name), &field.default) {
                (Some(value), _) if field.data_type.admits(value) => drop(accepted.insert(name.clone(), value.clone())),
                (Some(value), _) => {
                    let message = format!("this is no value of the type `{}`", field.data_type.as_str());
                    faults.add(&root.key(name), value, Problem::new(Rule::Form, message, field.help(name)));
                }
                (None, Some(default)) => drop(accepted.insert(name.clone(), default.clone())),
                (None, None) if field.is_required() => {
                    let message = format!("the input lacks `{name}`");
                    faults.add_whole(&root, Problem::new(Rule::Missing, message, field.help(name)));
                }
                (None, None) => {}
            }
        }
        for (name, value) in given.iter().filter(|(name, _)| !self.0.contains_key(*name)) {
            let help = if faults.is_full() { String::new() } else { known_names(name, "declared field", self.names()) };
            let problem = Problem::new(Rule::UnknownKey, "this field is not declared", help);
            faults.add(&root.key(name), value, problem);
        }
        faults.none_or(Value::Object(accepted))
    }

    /// As [`accept`](Self::accept), of an input that nobody else needs: one that lacks no default is taken as it is.
    ///
    /// # Errors
    ///
    /// Those of [`accept`](Self::accept).
    pub fn accept_owned(&self, input: Value) -> Result<Value, Invalid> {
        // Both are sorted, as a rule: then what comes next on the one side comes next on the other.
        let is_whole = |given: &Map<String, Value>| {
            let (mut next, mut declared) = (given.iter().peekable(), 0);
            let lacks_nothing = self.0.iter().all(|(name, field)| {
                let value = next.next_if(|(key, _)| *key == name).map(|(_, value)| value);
                let Some(value) = value.or_else(|| given.get(name)) else {
                    return field.default.is_none() && !field.is_required();
                };
                declared += 1;
                field.data_type.admits(value)
            });
            lacks_nothing && declared == given.len()
        };
        match input.as_object() {
            Some(given) if crate::json::measure(&input, limits::MOST_LEVELS).is_ok() && is_whole(given) => Ok(input),
            _ => self.accept(&input),
        }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.keys().map(String::as_str)
    }

    /// Defaults have the types of their fields.
    pub(crate) fn check(&self, path: &Path, faults: &mut Faults) {
        for (name, field) in &self.0 {
            let path = path.key(name);
            match &field.default {
                Some(default) if !field.data_type.admits(default) && !faults.touch(&path.key("type")) => {
                    let message = format!("this default is no value of the type `{}`", field.data_type.as_str());
                    faults.add(&path.key("default"), default, Problem::new(Rule::Form, message, field.help(name)));
                }
                Some(default) if field.required == Some(true) => {
                    let help = "leave out `required` or `default`";
                    let problem = Problem::new(Rule::Together, "a required field never takes its default", help);
                    faults.add(&path.key("default"), default, problem);
                }
                _ => {}
            }
        }
    }
}

impl InputField {
    fn help(&self, name: &str) -> String {
        let what = match self.data_type {
            DataType::String => "a text",
            DataType::Number => "a number",
            DataType::Integer => "a whole number",
            DataType::Boolean => "`true` or `false`",
            DataType::Object => "an object",
            DataType::Array => "a list",
            DataType::Any => "any value",
        };
        format!("write {what} for `{name}`")
    }
}
