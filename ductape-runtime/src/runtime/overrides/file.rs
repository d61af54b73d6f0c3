use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde_json::value::RawValue;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::ForPlans;
use crate::Name;
use crate::patch::{Entry, Origin, Value};

/// Everything that the files give, those that come later over the others.
pub(super) fn read_all(paths: &[PathBuf]) -> ForPlans {
    let mut read = ForPlans::default();
    for path in paths {
        let file = Name::from(path.display().to_string());
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                let help = "give the path of a TOML or JSON file that can be read".to_owned();
                let origin = Origin::File { file, line: 0, column: 0 };
                read.fault(origin, "", None, format!("cannot read the overrides: {error}"), help);
                continue;
            }
        };
        let source = Source { file, text: &text };
        match if is_json(path) { source.json() } else { source.toml() } {
            Ok(tables) => read.tables.extend(tables),
            Err(Malformed { origin, message }) => {
                let help = "give a table for each plan, by its tag".to_owned();
                read.fault(origin, "", None, message, help);
            }
        }
    }
    read
}

fn is_json(path: &Path) -> bool {
    path.extension().and_then(OsStr::to_str).is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

struct Source<'a> {
    file: Name,
    text: &'a str,
}

struct Malformed {
    origin: Origin,
    message: String,
}

impl Source<'_> {
    fn toml(&self) -> Result<Vec<Entry>, Malformed> {
        let parsed = DeTable::parse(self.text).map_err(|error| Malformed {
            origin: self.at(error.span().map_or(0, |span| span.start)),
            message: format!("malformed TOML: {}", error.message().lines().next().unwrap_or_default()),
        })?;
        Ok(self.toml_table(parsed.get_ref()))
    }

    fn toml_table(&self, table: &DeTable<'_>) -> Vec<Entry> {
        // Sorted by key, as it comes.
        let entries = table.iter().map(|(key, value)| self.toml_entry(key.get_ref(), value));
        let mut entries: Vec<_> = entries.collect();
        entries.sort_by(|one, other| one.key.cmp(&other.key));
        entries
    }

    fn toml_entry(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Entry {
        let origin = self.at(value.span().start);
        let value = match value.get_ref() {
            DeValue::String(text) => Value::Text(text.clone().into_owned()),
            DeValue::Integer(number) => {
                let number = i64::from_str_radix(number.as_str(), number.radix());
                // What is larger than that is out of every range.
                Value::Integer(number.unwrap_or(i64::MAX))
            }
            DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(flag) => Value::Flag(*flag),
            DeValue::Datetime(_) | DeValue::Array(_) => Value::List,
            DeValue::Table(table) => Value::Table(self.toml_table(table)),
        };
        Entry { key: key.to_owned(), value, origin }
    }

    fn json(&self) -> Result<Vec<Entry>, Malformed> {
        // First as a whole: so are lines and columns those of the file, and no key is given twice.
        serde_json::from_str::<Value>(self.text).map_err(|error| self.malformed(&error))?;
        let raw: &RawValue = serde_json::from_str(self.text).map_err(|error| self.malformed(&error))?;
        match self.json_value(raw)? {
            Value::Table(entries) => Ok(entries),
            _ => Err(Malformed { origin: self.at(self.offset(raw)), message: "the file is no JSON object".to_owned() }),
        }
    }

    fn malformed(&self, error: &serde_json::Error) -> Malformed {
        let text = error.to_string();
        // Line and column stand before it.
        let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
        let origin = Origin::File { file: self.file.clone(), line: error.line(), column: error.column().max(1) };
        Malformed { origin, message: format!("malformed JSON: {message}") }
    }

    fn json_value(&self, raw: &RawValue) -> Result<Value, Malformed> {
        if !raw.get().starts_with('{') {
            return serde_json::from_str(raw.get()).map_err(|error| self.malformed(&error));
        }
        let entries: BTreeMap<Cow<'_, str>, &RawValue> =
            serde_json::from_str(raw.get()).map_err(|error| self.malformed(&error))?;
        let entry = |(key, raw): (Cow<'_, str>, &RawValue)| {
            Ok(Entry { key: key.into_owned(), value: self.json_value(raw)?, origin: self.at(self.offset(raw)) })
        };
        entries.into_iter().map(entry).collect::<Result<_, _>>().map(Value::Table)
    }

    /// Raw values are pieces of the text: where they stand in memory is where they stand in it.
    fn offset(&self, raw: &RawValue) -> usize {
        raw.get().as_ptr() as usize - self.text.as_ptr() as usize
    }

    fn at(&self, offset: usize) -> Origin {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        Origin::File {
            file: self.file.clone(),
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    }
}
