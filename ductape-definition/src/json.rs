//! JSON texts to values: of a bounded size, and without keys that stand twice.

use std::fmt::{self, Formatter};

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::fault::{Faults, Invalid, Path, Problem, Rule};
use crate::limits;

/// Reads a text; a fault of its syntax is told with line and column.
pub(crate) fn read(text: &str) -> Result<Value, Invalid> {
    let problem = if text.len() > limits::MOST_BYTES {
        let message = format!("this is {} bytes of JSON", text.len());
        Problem::new(Rule::Limit, message, format!("write at most {} bytes", limits::MOST_BYTES))
    } else {
        match serde_json::from_str(text) {
            Err(_) if text.starts_with('\u{feff}') => {
                let message = "this begins with a byte order mark";
                Problem::new(Rule::Syntax, message, "save it as UTF-8 without a byte order mark")
            }
            Ok(Strict(value)) => return Ok(value),
            Err(error) => Problem::new(Rule::Syntax, error.to_string(), "write a JSON object"),
        }
    };
    let mut faults = Faults::default();
    faults.add_whole(&Path::default(), problem);
    faults.none_or(Value::Null)
}

/// Line and column at which a text stops being JSON; the column is that of the byte.
pub(crate) fn stops_at(text: &str) -> Option<(usize, usize)> {
    let error = serde_json::from_str::<Strict>(text).err()?;
    Some((error.line(), error.column()))
}

/// A value none of whose objects has a key twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Values).map(Self)
    }
}

struct Values;

impl<'de> DeserializeSeed<'de> for Values {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Values {
    type Value = Value;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Values)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(de::Error::custom(format_args!("the key {key:?} stands twice in an object")));
            }
            object.insert(key, entries.next_value_seed(Values)?);
        }
        Ok(object.into())
    }
}

/// Refuses a value that is too large or too deep: nothing is looked at beyond the limits.
pub(crate) fn measure(value: &Value, levels: usize) -> Result<(), Problem> {
    fn walk(value: &Value, levels: usize, bytes: &mut usize) -> Result<(), Problem> {
        let Some(levels) = levels.checked_sub(1) else {
            let help = format!("write at most {} levels of objects and lists", limits::MOST_LEVELS);
            return Err(Problem::new(Rule::Limit, "this is nested too deeply", help));
        };
        *bytes += match value {
            Value::String(text) => text.len() + 2,
            Value::Number(_) => 8,
            _ => 4,
        };
        if *bytes > limits::MOST_BYTES {
            let help = format!("write at most {} bytes", limits::MOST_BYTES);
            return Err(Problem::new(Rule::Limit, "this is too large", help));
        }
        match value {
            Value::Array(items) => items.iter().try_for_each(|item| walk(item, levels, bytes)),
            Value::Object(entries) => entries.iter().try_for_each(|(key, value)| {
                *bytes += key.len() + 4;
                walk(value, levels, bytes)
            }),
            _ => Ok(()),
        }
    }
    walk(value, levels + 1, &mut 0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_that_stands_twice_is_told_with_its_line() {
        let error = read("{\n \"a\": 1,\n \"a\": 2 }").expect_err("a twice");
        assert!(error.to_string().contains("the key \"a\" stands twice in an object at line 3"), "{error}");
    }

    #[test]
    fn texts_beyond_the_limits_are_refused() {
        let large = format!("\"{}\"", "a".repeat(10_000_000));
        assert_eq!(read(&large).expect_err("10 MB").faults()[0].rule, Rule::Limit);
        let deep = "[".repeat(100_000);
        assert_eq!(read(&deep).expect_err("100 000 levels").faults()[0].rule, Rule::Syntax);
    }

    #[test]
    fn values_beyond_the_limits_are_refused() {
        let nested = |levels| (0..levels).fold(json!(1), |inner, _| json!([inner]));
        assert!(measure(&nested(32), 32).is_ok());
        assert!(measure(&nested(33), 32).is_err());
        assert!(measure(&json!("a".repeat(limits::MOST_BYTES)), 32).is_err());
    }
}
