//! Objects whose texts may refer to something: what an action is given, and what is taken from its response.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Number, Value};

use super::Template;
use crate::fault::{Faults, Path, Problem, Rule};
use crate::limits;

/// An object of [`Expression`]s.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(transparent)]
pub struct Mapping(pub(crate) BTreeMap<String, Expression>);

/// A value whose texts may hold references.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Expression {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(Template),
    /// A list.
    List(Vec<Expression>),
    /// An object.
    Object(BTreeMap<String, Expression>),
}

impl Mapping {
    /// The keys and what they are made of.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Expression)> {
        self.0.iter().map(|(key, expression)| (key.as_str(), expression))
    }

    /// Whether nothing is mapped.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Calls `visit` for every template, with its place below `path`.
    pub(crate) fn each(&self, path: &Path, visit: &mut dyn FnMut(&Path, &Template)) {
        for (key, expression) in &self.0 {
            expression.each(&path.key(key), visit);
        }
    }
}

impl Expression {
    fn each(&self, path: &Path, visit: &mut dyn FnMut(&Path, &Template)) {
        match self {
            Self::Text(template) => visit(path, template),
            Self::List(items) => items.iter().enumerate().for_each(|(at, item)| item.each(&path.index(at), visit)),
            Self::Object(entries) => entries.iter().for_each(|(key, inner)| inner.each(&path.key(key), visit)),
            Self::Null | Self::Bool(_) | Self::Number(_) => {}
        }
    }
}

/// Reads values of bounded number and depth; what is wrong becomes `null`.
pub(crate) struct Reader<'a> {
    faults: &'a mut Faults,
    values: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(faults: &'a mut Faults) -> Self {
        Self { faults, values: 0 }
    }

    pub(crate) fn mapping(mut self, path: &Path, value: &Value) -> Mapping {
        if let Value::Object(entries) = value {
            Mapping(self.entries(path, entries, 1))
        } else {
            let help = "write an object, such as `{ \"amount\": \"$Input{amount}\" }`";
            self.faults.add(path, value, Problem::new(Rule::Form, "a mapping is an object", help));
            Mapping::default()
        }
    }

    fn entries(
        &mut self,
        path: &Path,
        entries: &serde_json::Map<String, Value>,
        level: usize,
    ) -> BTreeMap<String, Expression> {
        let inner = |(key, value): (&String, &Value)| {
            self.room(path).then(|| (key.clone(), self.value(&path.key(key), value, level + 1)))
        };
        entries.iter().map_while(inner).collect()
    }

    /// Whether there may be one more value.
    fn room(&mut self, path: &Path) -> bool {
        self.values += 1;
        if self.values == limits::MOST_VALUES + 1 {
            let help = format!("write at most {} values", limits::MOST_VALUES);
            self.faults.add_whole(path, Problem::new(Rule::Limit, "this mapping has too many values", help));
        }
        self.values <= limits::MOST_VALUES
    }

    fn value(&mut self, path: &Path, value: &Value, level: usize) -> Expression {
        if level > limits::MOST_LEVELS && (value.is_object() || value.is_array()) {
            let help = format!("write at most {} levels of objects and lists", limits::MOST_LEVELS);
            self.faults.add_whole(path, Problem::new(Rule::Limit, "this is nested too deeply", help));
            return Expression::Null;
        }
        match value {
            Value::Null => Expression::Null,
            Value::Bool(value) => Expression::Bool(*value),
            Value::Number(number) => Expression::Number(number.clone()),
            Value::String(text) => match text.parse() {
                Ok(template) => Expression::Text(template),
                Err(error) => {
                    self.faults.add(path, value, template_problem(error));
                    Expression::Null
                }
            },
            Value::Array(items) => {
                let mut list = Vec::new();
                for (at, item) in items.iter().enumerate() {
                    if !self.room(path) {
                        break;
                    }
                    list.push(self.value(&path.index(at), item, level + 1));
                }
                Expression::List(list)
            }
            Value::Object(entries) => Expression::Object(self.entries(path, entries, level)),
        }
    }
}

pub(crate) fn template_problem(error: super::TemplateError) -> Problem {
    Problem::new(Rule::Reference, error.message, error.help)
}

impl<'de> Deserialize<'de> for Mapping {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut faults = Faults::default();
        let mapping = Reader::new(&mut faults).mapping(&Path::default(), &Value::deserialize(deserializer)?);
        faults.none_or(mapping).map_err(de::Error::custom)
    }
}
