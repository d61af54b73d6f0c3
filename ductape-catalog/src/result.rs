use std::fmt::{self, Debug, Formatter};
use std::ops::Index;
use std::sync::OnceLock;
use std::time::Duration;

use ductape_runtime::{Name, Outcome, Source};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// What a run has come to.
///
/// Serializes flat: the fields of the data beside `provider`, `attempts`, `elapsed` (in milliseconds) and `source`. Where
/// both have a field, `provider` is who served, and the others are the data's. Data that is no object is under `data`.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct RunResult {
    /// Who served; of a feature, who served its last event.
    pub provider: Name,
    /// What was taken from the response.
    pub data: Value,
    /// How many attempts were made, of all providers.
    pub attempts: u32,
    /// How long it took.
    pub elapsed: Duration,
    /// Where the data comes from.
    pub source: Source,
    beside: Beside,
}

/// What is told beside the data, made when somebody asks for it.
#[derive(Clone, Default)]
struct Beside(OnceLock<Map<String, Value>>);

/// It is made of what is compared already.
impl PartialEq for Beside {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl RunResult {
    pub(crate) fn new(outcome: Outcome<Value>) -> Self {
        let Outcome { value: data, provider, attempts, elapsed, source, .. } = outcome;
        Self { provider, data, attempts, elapsed, source, beside: Beside::default() }
    }

    /// The field of that name in [`to_value`](Self::to_value); `None` where it has none.
    pub fn get(&self, field: &str) -> Option<&Value> {
        match &self.data {
            _ if field == "provider" => self.beside().get(field),
            Value::Object(fields) => fields.get(field).or_else(|| self.beside().get(field)),
            other if field == "data" => Some(other),
            _ => self.beside().get(field),
        }
    }

    /// As one JSON object.
    pub fn to_value(&self) -> Value {
        let mut flat = self.beside().clone();
        flat.extend(self.fields());
        Value::Object(flat)
    }

    fn beside(&self) -> &Map<String, Value> {
        self.beside.0.get_or_init(|| {
            let fields = [
                ("provider", self.provider.as_str().into()),
                ("attempts", self.attempts.into()),
                ("elapsed", u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX).into()),
                ("source", serde_json::to_value(self.source).unwrap_or_default()),
            ];
            fields.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
        })
    }

    /// What later events of a feature can refer to: the data's fields, and who served.
    pub(crate) fn fields(&self) -> Map<String, Value> {
        let mut fields = match &self.data {
            Value::Object(fields) => fields.clone(),
            other => Map::from_iter([("data".to_owned(), other.clone())]),
        };
        fields.insert("provider".to_owned(), self.provider.as_str().into());
        fields
    }
}

/// As [`get`](RunResult::get), and `null` where it has none of the name.
impl Index<&str> for RunResult {
    type Output = Value;

    fn index(&self, field: &str) -> &Value {
        self.get(field).unwrap_or(&Value::Null)
    }
}

impl Debug for RunResult {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { provider, data, attempts, elapsed, source, beside: _ } = self;
        let mut shown = f.debug_struct("RunResult");
        shown.field("provider", provider).field("data", data).field("attempts", attempts);
        shown.field("elapsed", elapsed).field("source", source).finish()
    }
}

impl Serialize for RunResult {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}
