//! JSON Schema from the same tables that reading follows, for editors and for other programs.

use serde_json::{Map, Value, json};

use super::{Field, Record, Shape, camel};
use crate::error_class::ErrorClass;
use crate::limits;
use crate::literal::tag;

/// The schema of a record: what its tables say. Sums and references are beyond JSON Schema.
pub(crate) fn schema(record: &Record) -> Value {
    let mut properties = Map::new();
    let mut conditions = Vec::new();
    for field in record.fields() {
        let spellings = spellings(field);
        for spelling in &spellings {
            let mut of = of(&field.shape);
            // Nothing is what a missing key says.
            if !field.required && !matches!(field.shape, Shape::Anything | Shape::Tracked) {
                of = json!({ "anyOf": [of, { "type": "null" }] });
            }
            of["description"] = field.doc.into();
            properties.insert(spelling.clone(), of);
        }
        let each = spellings.iter().map(|spelling| json!({ "required": [spelling] })).collect::<Vec<_>>();
        match each.as_slice() {
            [one] if field.required => conditions.push(one.clone()),
            [_] => {}
            several if field.required => conditions.push(json!({ "oneOf": several })),
            several => {
                let both = several
                    .iter()
                    .enumerate()
                    .flat_map(|(at, one)| several[at + 1..].iter().map(move |other| json!({ "allOf": [one, other] })));
                conditions.push(json!({ "not": { "anyOf": both.collect::<Vec<_>>() } }));
            }
        }
    }
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !conditions.is_empty() {
        schema["allOf"] = conditions.into();
    }
    schema
}

/// Every way to write the key.
fn spellings(field: &Field) -> Vec<String> {
    let mut spellings = Vec::new();
    for key in [Some(field.key), field.alias].into_iter().flatten() {
        spellings.push(key.to_owned());
        spellings.push(camel(key));
    }
    spellings.dedup();
    spellings
}

fn of(shape: &Shape) -> Value {
    match shape {
        Shape::Tag => json!({ "type": "string", "pattern": tag::PATTERN, "maxLength": 64 }),
        Shape::Text(most) => json!({ "type": "string", "minLength": 1, "maxLength": most }),
        Shape::Switch => json!({ "type": "boolean" }),
        Shape::True => json!({ "const": true }),
        Shape::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Shape::Number(least, most) => json!({ "type": "number", "minimum": least, "maximum": most }),
        Shape::Span(longest) => json!({ "anyOf": [
            { "type": "number", "minimum": 0.001, "maximum": longest.as_millis() },
            { "type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?(us|ms|s|m|h)$" },
        ] }),
        Shape::Rate => json!({ "type": "string", "pattern": "^0*[1-9][0-9]*/[smh]$" }),
        Shape::Percent => json!({ "type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?%$" }),
        Shape::Word(words) => {
            let both = words.iter().flat_map(|word| [(*word).to_owned(), word.to_ascii_uppercase()]);
            json!({ "enum": both.collect::<Vec<_>>() })
        }
        Shape::ErrorClass => json!({ "anyOf": [
            { "type": "integer", "minimum": 100, "maximum": 599 },
            { "type": "string", "pattern": ErrorClass::PATTERN },
        ] }),
        Shape::List(of_each, most) => json!({ "type": "array", "items": of(of_each), "maxItems": most }),
        Shape::Several(of_each, most) => {
            json!({ "type": "array", "items": of(of_each), "minItems": 1, "maxItems": most })
        }
        Shape::Record(record) => schema(record),
        Shape::Short(plain, _, record) => json!({ "anyOf": [of(plain), schema(record)] }),
        Shape::Fields(record) => json!({
            "type": "object",
            "propertyNames": { "pattern": r"^[^{}\[\]]{1,64}$" },
            "additionalProperties": schema(record),
            "maxProperties": limits::MOST_FIELDS,
        }),
        Shape::Mapping => json!({ "type": "object" }),
        Shape::Template => json!({ "type": "string", "maxLength": limits::MOST_TEMPLATE_BYTES }),
        Shape::Anything | Shape::Tracked | Shape::Elsewhere(_) => json!({}),
    }
}
