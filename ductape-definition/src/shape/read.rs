//! From JSON as people write it to the one notation that the types read, with every fault on the way.
//!
//! What is wrong is left out or replaced by something sound, so that what else is wrong can be found as well.

use serde_json::{Map, Value, json};

use super::{Field, Record, Shape};
use crate::error_class::ErrorClass;
use crate::fault::{Faults, Path, Problem, Rule};
use crate::limits;
use crate::literal::{Percent, Rate, duration, tag};
use crate::template::{MappingReader, Template, template_problem};
use crate::words::{known_names, list, nearest, shortened};

pub(crate) struct Reader<'a> {
    pub(crate) faults: &'a mut Faults,
}

impl Reader<'_> {
    /// The object in one notation; `None` if it is none.
    pub(crate) fn record(&mut self, path: &Path, record: &Record, value: &Value) -> Option<Value> {
        let Value::Object(entries) = value else {
            let help = format!("write an object with the keys of {}", record.name);
            self.add(path, value, Problem::new(Rule::Form, format!("{} is an object", record.name), help), record);
            return None;
        };
        let mut read = Map::new();
        for (key, value) in entries {
            let at = path.key(key);
            match record.field(key) {
                None if self.faults.is_full() => {
                    self.faults.add_whole(&at, Problem::new(Rule::UnknownKey, "", ""));
                }
                None => self.unknown(&at, record, key, value),
                Some(field) if read.contains_key(field.key) => {
                    self.add(&at, value, Problem::twice(field.key), record);
                }
                // Nothing is what a missing key says.
                Some(field) if value.is_null() && !matches!(field.shape, Shape::Anything) => {}
                Some(field) => match self.field(&at, field, value) {
                    Some(value) => drop(read.insert(field.key.to_owned(), value)),
                    None if matches!(field.shape, Shape::Tracked) => {}
                    None => self.leave_sound(path, field, &mut read),
                },
            }
        }
        for field in record.fields().filter(|field| field.required) {
            if read.contains_key(field.key) {
                continue;
            }
            let message = format!("`{}` is missing: {} needs it", field.key, record.name);
            let help = format!("write `{}`: {}", field.key, field.doc);
            self.faults.add_whole(path, Problem::new(Rule::Missing, message, help));
            self.leave_sound(path, field, &mut read);
        }
        Some(Value::Object(read))
    }

    fn unknown(&mut self, at: &Path, record: &Record, key: &str, value: &Value) {
        let written = |field: &&Field| !matches!(field.shape, Shape::Tracked);
        let keys = || record.fields().filter(written).map(|field| field.key);
        let message = format!("`{}` is no key of {}", shortened(key, 64), record.name);
        let elsewhere = || record.elsewhere().map(|(field, _)| field.key);
        let near = nearest(&super::snake(key), keys().chain(elsewhere()));
        let where_to = |key: &str| record.elsewhere().find(|(field, _)| field.is_called(key)).map(|(_, help)| help);
        let help = match (where_to(key), near) {
            (Some(help), _) => help.to_owned(),
            (None, Some(near)) => match where_to(near) {
                Some(help) => format!("did you mean `{near}`? {help}"),
                None => format!("did you mean `{near}`? known: {}", list(keys(), "and")),
            },
            (None, None) => format!("known: {}", list(keys(), "and")),
        };
        self.add(at, value, Problem::new(Rule::UnknownKey, message, help), record);
    }

    /// A fault of a value, which is not shown where it may be a secret.
    fn add(&mut self, at: &Path, value: &Value, problem: Problem, of: &Record) {
        if of.has_a_secret() {
            self.faults.add_whole(at, problem);
        } else {
            self.faults.add(at, value, problem);
        }
    }

    fn field(&mut self, path: &Path, field: &Field, value: &Value) -> Option<Value> {
        if !field.secret {
            return self.value(path, &field.shape, value);
        }
        plain_value(&field.shape, value).map_err(|problem| self.faults.add_whole(path, problem)).ok()
    }

    /// Something sound in the place of what is required, nothing in that of what is not.
    fn leave_sound(&mut self, path: &Path, field: &Field, read: &mut Map<String, Value>) {
        self.faults.stands_in(path.key(field.key));
        if field.required {
            read.insert(field.key.to_owned(), stand_in(&field.shape));
        }
    }

    /// The value in one notation; `None` if it is wrong, or not read.
    fn value(&mut self, path: &Path, shape: &Shape, value: &Value) -> Option<Value> {
        match shape {
            Shape::Tracked => None,
            Shape::Record(record) => self.record(path, record, value),
            Shape::Short(plain, key, record) => match (value, key) {
                (Value::Object(_), _) => self.record(path, record, value),
                (_, Some(key)) => self.value(path, plain, value).map(|plain| json!({ *key: plain })),
                (_, None) => self.value(path, plain, value).map(|_| json!({})),
            },
            Shape::List(of, most) => self.list(path, of, 0, *most, value),
            Shape::Several(of, most) => self.list(path, of, 1, *most, value),
            Shape::Fields(record) => self.fields(path, record, value),
            Shape::Mapping => {
                let mapping = MappingReader::new(self.faults).mapping(path, value);
                serde_json::to_value(mapping).ok()
            }
            plain => match plain_value(plain, value) {
                Ok(read) => Some(read),
                Err(problem) => {
                    self.faults.add(path, value, problem);
                    None
                }
            },
        }
    }

    fn list(&mut self, path: &Path, of: &Shape, least: usize, most: usize, value: &Value) -> Option<Value> {
        let problem = match value {
            Value::Array(items) if items.len() < least => {
                Problem::new(Rule::Missing, "this list is empty", "write at least one")
            }
            Value::Array(items) if items.len() > most => {
                let help = format!("write at most {most}");
                Problem::new(Rule::Limit, format!("this list has {} items", items.len()), help)
            }
            Value::Array(items) => {
                let mut read = Vec::with_capacity(items.len());
                for (at, item) in items.iter().enumerate() {
                    let path = path.index(at);
                    // An item that is wrong keeps its place, so that the paths of those after it stay true.
                    read.push(self.value(&path, of, item).unwrap_or_else(|| {
                        self.faults.stands_in(path);
                        stand_in(of)
                    }));
                }
                return Some(read.into());
            }
            _ => Problem::new(Rule::Form, "this is a list", "write a list, such as `[…]`"),
        };
        self.faults.add(path, value, problem);
        None
    }

    fn fields(&mut self, path: &Path, record: &'static Record, value: &Value) -> Option<Value> {
        let problem = match value {
            Value::Object(fields) if fields.len() > limits::MOST_FIELDS => {
                let help = format!("write at most {}", limits::MOST_FIELDS);
                Problem::new(Rule::Limit, format!("there are {} fields", fields.len()), help)
            }
            Value::Object(fields) => {
                let mut read = Map::new();
                for (name, field) in fields {
                    let at = path.key(name);
                    if name.is_empty() || name.len() > 64 || name.contains(['{', '}', '[', ']']) {
                        let help = "write a name of at most 64 characters, without brackets";
                        self.faults.add(&at, field, Problem::new(Rule::Form, "this is no name of a field", help));
                    }
                    let known = self.record(&at, record, field).unwrap_or_else(|| stand_in(&Shape::Fields(record)));
                    read.insert(name.clone(), known);
                }
                return Some(read.into());
            }
            _ => Problem::new(
                Rule::Form,
                "declared fields are an object",
                "write an object, such as `{ \"amount\": { \"type\": \"number\" } }`",
            ),
        };
        self.faults.add(path, value, problem);
        None
    }
}

/// Reads a value that holds no others.
fn plain_value(shape: &Shape, value: &Value) -> Result<Value, Problem> {
    let form = |message: &str, help: String| Err(Problem::new(Rule::Form, message, help));
    match (shape, value) {
        (Shape::Tag, Value::String(text)) => tag::check(text).map(|()| value.clone()),
        (Shape::Tag, _) => form("this is a name", "write a text, such as `\"stripe\"`".to_owned()),
        (Shape::Text(_), Value::String(text)) if text.is_empty() => {
            form("this text is empty", "leave it out, or write something".to_owned())
        }
        (Shape::Text(most), Value::String(text)) if text.chars().nth(*most).is_some() => {
            Err(Problem::new(Rule::Limit, "this text is too long", format!("write at most {most} characters")))
        }
        (Shape::Text(_), Value::String(_)) | (Shape::Switch, Value::Bool(_)) | (Shape::True, Value::Bool(true)) => {
            Ok(value.clone())
        }
        (Shape::Text(_), _) => form("this is a text", "write a text in quotes".to_owned()),
        (Shape::Switch, _) => form("this is a switch", "write `true` or `false`".to_owned()),
        (Shape::True, Value::Bool(false)) => {
            let help = "leave it out; where one option is to have none, write it in the others instead of the plan";
            form("`false` switches nothing off", help.to_owned())
        }
        (Shape::True, _) => {
            form("this is `true` or an object", "write `true` or an object, or leave it out".to_owned())
        }
        (Shape::Whole(least, most), Value::Number(number)) => {
            let whole = number.as_u64().or_else(|| number.as_f64().and_then(whole));
            let help = format!("write a whole number from {least} to {most}");
            match whole {
                Some(whole) if (*least..=*most).contains(&whole) => Ok(whole.into()),
                Some(_) => Err(Problem::new(Rule::Range, "this number is out of range", help)),
                None if number.as_f64().is_some_and(|number| number < 0.0) => {
                    Err(Problem::new(Rule::Range, "this number is negative", help))
                }
                None => form("this is no whole number", help),
            }
        }
        (Shape::Number(least, most), Value::Number(number)) => {
            // The largest number there is has 309 digits.
            let to = if *most < f64::MAX { format!("to {most}") } else { "on".to_owned() };
            let help = format!("write a number from {least} {to}");
            match number.as_f64() {
                Some(number) if (*least..=*most).contains(&number) => Ok(value.clone()),
                _ => Err(Problem::new(Rule::Range, "this number is out of range", help)),
            }
        }
        (Shape::Whole(..) | Shape::Number(..), _) => {
            form("this is a number", "write a number, without quotes".to_owned())
        }
        (Shape::Span(longest), _) => duration::read(value, *longest).map(|read| duration::show(read).into()),
        (Shape::Rate, Value::String(text)) if Rate::read(text).is_some() => Ok(value.clone()),
        (Shape::Rate, _) => form(
            "this is no rate",
            "write a whole number from 1 and a unit: `\"100/s\"`, `\"600/m\"`, `\"10000/h\"`".to_owned(),
        ),
        (Shape::Percent, Value::String(text)) if Percent::read(text).is_some() => Ok(value.clone()),
        (Shape::Percent, _) => form(
            "this is no share",
            "write more than `\"0%\"` and at most `\"100%\"`, such as `\"20%\"` or `\"12.5%\"`".to_owned(),
        ),
        (Shape::Word(words), Value::String(text)) => {
            let known = words.iter().find(|word| word.eq_ignore_ascii_case(text));
            known.map(|word| json!(word)).ok_or_else(|| {
                let written = text.to_ascii_lowercase();
                let help = known_names(&written, "word", words.iter().copied());
                Problem::new(Rule::Form, "this is none of the words that may stand here", help)
            })
        }
        (Shape::Word(words), _) => form("this is a word", format!("write {}", list(words.iter().copied(), "or"))),
        (Shape::ErrorClass, Value::String(text)) => ErrorClass::read(text).map(|class| json!(class)),
        (Shape::ErrorClass, Value::Number(status)) => ErrorClass::read(&status.to_string()).map(|class| json!(class)),
        (Shape::ErrorClass, _) => form("this is no class of errors", ErrorClass::FORMS.to_owned()),
        (Shape::Template, Value::String(text)) => match text.parse::<Template>() {
            Ok(_) => Ok(value.clone()),
            Err(error) => Err(template_problem(error)),
        },
        (Shape::Template, _) => {
            form("this is a text", "write a text with a reference, such as `\"$Input{phone}\"`".to_owned())
        }
        (Shape::Anything, _) => crate::json::measure(value, limits::MOST_LEVELS).map(|()| value.clone()),
        // These hold others.
        (
            Shape::List(..)
            | Shape::Several(..)
            | Shape::Record(_)
            | Shape::Short(..)
            | Shape::Fields(_)
            | Shape::Mapping
            | Shape::Tracked
            | Shape::Elsewhere(_),
            _,
        ) => Ok(Value::Null),
    }
}

/// `2.0` is a whole number too: some languages know no other.
fn whole(number: f64) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range, and without a fraction")]
    (number.fract() == 0.0 && (0.0..=9e15).contains(&number)).then_some(number as u64)
}

/// Something of that shape, with nothing wrong in it.
fn stand_in(shape: &Shape) -> Value {
    match shape {
        // No tag is empty: nothing can be taken for it.
        Shape::Tag => json!(""),
        Shape::Text(_) | Shape::Template => json!("x"),
        Shape::Switch | Shape::True => json!(true),
        Shape::Whole(least, _) => json!(least),
        Shape::Number(least, _) => json!(least),
        Shape::Span(_) => json!("10s"),
        Shape::Rate => json!("1/s"),
        Shape::Percent => json!("100%"),
        Shape::Word(words) => json!(words.last()),
        Shape::ErrorClass => json!("any"),
        Shape::List(..) => json!([]),
        Shape::Several(of, _) => json!([stand_in(of)]),
        Shape::Record(record) | Shape::Short(.., record) | Shape::Fields(record) => {
            let required = record.fields().filter(|field| field.required);
            required.map(|field| (field.key.to_owned(), stand_in(&field.shape))).collect::<Map<_, _>>().into()
        }
        Shape::Mapping => json!({}),
        Shape::Anything | Shape::Tracked | Shape::Elsewhere(_) => Value::Null,
    }
}
