use std::ops::Index;
use std::time::Duration;

use ductape_runtime::{Name, Source};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// What a run has come to.
///
/// Serializes flat: the fields of the data beside `provider`, `attempts`, `elapsed` (in milliseconds) and `source`. Where
/// both have a field, `provider` is who served, and the others are the data's. Data that is no object is under `data`.
#[derive(Debug, Clone, PartialEq)]
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
}

impl RunResult {
    /// The data's field; `None` where it has none of the name.
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.data.get(field)
    }

    /// As one JSON object.
    pub fn to_value(&self) -> Value {
        let mut flat = Map::new();
        flat.insert("attempts".to_owned(), self.attempts.into());
        flat.insert("elapsed".to_owned(), u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX).into());
        flat.insert("source".to_owned(), serde_json::to_value(self.source).unwrap_or_default());
        flat.extend(self.fields());
        Value::Object(flat)
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

/// The data's field; `null` where it has none of the name.
impl Index<&str> for RunResult {
    type Output = Value;

    fn index(&self, field: &str) -> &Value {
        &self.data[field]
    }
}

impl Serialize for RunResult {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}
