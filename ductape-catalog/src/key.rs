//! The keys of caches: JSON in which equal values are written in one way.

use serde_json::{Number, Value};

/// Appends a value: objects by their keys, and whole numbers as such, however they came.
pub(crate) fn write(value: &Value, key: &mut String) {
    match value {
        Value::Object(fields) => object(fields.iter().collect(), key),
        Value::Array(items) => list(key, ['[', ']'], items, write),
        Value::String(string) => text(string, key),
        Value::Number(number) => match whole(number) {
            Some(whole) => key.push_str(&whole.to_string()),
            None => key.push_str(&number.to_string()),
        },
        Value::Bool(_) | Value::Null => key.push_str(&value.to_string()),
    }
}

/// In whatever order its fields come: `serde_json` keeps that in which they were read, if any crate of the program asks
/// for it.
fn object(mut fields: Vec<(&String, &Value)>, key: &mut String) {
    fields.sort_unstable_by_key(|(name, _)| *name);
    list(key, ['{', '}'], fields, |(name, value), key| {
        text(name, key);
        key.push(':');
        write(value, key);
    });
}

fn list<T>(
    key: &mut String,
    [open, close]: [char; 2],
    items: impl IntoIterator<Item = T>,
    write: impl Fn(T, &mut String),
) {
    key.push(open);
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            key.push(',');
        }
        write(item, key);
    }
    key.push(close);
}

/// Quoted, so that it can be taken for nothing else.
fn text(text: &str, key: &mut String) {
    key.push_str(&Value::from(text).to_string());
}

/// A float that is a whole number in the range of JSON's integers.
fn whole(number: &Number) -> Option<i128> {
    const MOST: f64 = 18_446_744_073_709_551_616.0;
    let float = number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0 && float.abs() < MOST)?;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole, and smaller than 2^64")]
    let whole = float as i128;
    Some(whole)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn key(value: &Value) -> String {
        let mut key = String::new();
        write(value, &mut key);
        key
    }

    #[test]
    fn equal_values_have_one_key() {
        let fields = [("x".to_owned(), json!(1)), ("b".to_owned(), json!({ "x": 2, "b": 3 }))];
        for order in [[0, 1], [1, 0]] {
            let mut key = String::new();
            object(order.map(|at| &fields[at]).map(|(name, value)| (name, value)).to_vec(), &mut key);
            assert_eq!(key, r#"{"b":{"b":3,"x":2},"x":1}"#);
        }
        for (float, whole) in
            [(json!(1.0), json!(1)), (json!(-0.0), json!(0)), (json!(-3e15), json!(-3_000_000_000_000_000_i64))]
        {
            assert_eq!(key(&float), key(&whole));
        }
        assert_eq!(key(&json!(1e19)), key(&json!(10_000_000_000_000_000_000_u64)));
    }

    #[test]
    fn other_values_have_other_keys() {
        let values = [
            json!(1),
            json!("1"),
            json!(1.5),
            json!(1e300),
            json!([1]),
            json!([[1]]),
            json!([1, 2]),
            json!(["1,2"]),
            json!({ "1": 2 }),
            json!({ "1": "2" }),
            json!({ "a": 1, "b": 2 }),
            json!({ "a\":1,\"b": 2 }),
            json!(null),
            json!("null"),
            json!(true),
            json!({}),
            json!([]),
        ];
        let mut keys: Vec<_> = values.iter().map(key).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), values.len());
    }
}
