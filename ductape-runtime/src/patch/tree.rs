use std::fmt::{self, Display, Formatter};

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Origin;

/// A value as somebody has written it, sound or not.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// What was given before is taken back.
    Null,
    Flag(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    /// From where everything is text: what it means, its clause knows.
    Word(String),
    /// No clause takes one.
    List,
    /// Sorted by key.
    Table(Vec<Entry>),
}

/// A key with its value, and where that comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) value: Value,
    pub(crate) origin: Origin,
}

/// The clauses with a short form, and the clause in them that it stands for.
const SHORT: [(&str, &str); 4] =
    [("bulkhead", "max"), ("rate_limit", "rate"), ("retry_budget", "share"), ("hedge", "delay")];

/// The clauses of the breaker that judges a share of the calls.
pub(super) const OF_RATE: [&str; 4] = ["failure_rate", "window", "min_calls", "slow_call"];

impl Entry {
    pub(crate) fn new(key: impl Into<String>, value: Value) -> Self {
        Self { key: key.into(), value, origin: Origin::Update }
    }

    /// The same, with a table in the place of a short form: `bulkhead = 10` is `bulkhead(max = 10)`.
    fn in_full(mut self) -> Self {
        if let Value::Table(entries) = self.value {
            self.value = Value::Table(entries.into_iter().map(Self::in_full).collect());
            return self;
        }
        let short = SHORT.iter().find(|(key, _)| *key == self.key);
        if let (Some((_, inner)), false) = (short, self.value == Value::Null) {
            let inner = Self { key: (*inner).to_owned(), ..self.clone() };
            self.value = Value::Table(vec![inner]);
        }
        self
    }
}

/// Short forms written out, at every level of a plan's tree.
pub(super) fn in_full(entries: Vec<Entry>) -> Vec<Entry> {
    let full = |entry: Entry| match entry {
        // The names of providers are no clauses.
        Entry { key, value: Value::Table(providers), origin } if key == "providers" => {
            let providers = providers.into_iter().map(|provider| match provider.value {
                Value::Table(clauses) => {
                    Entry { value: Value::Table(clauses.into_iter().map(Entry::in_full).collect()), ..provider }
                }
                _ => provider,
            });
            Entry { key, value: Value::Table(providers.collect()), origin }
        }
        other => other.in_full(),
    };
    entries.into_iter().map(full).collect()
}

/// Puts a tree over another one: what it gives takes the place of what was there.
pub(super) fn merge(base: &mut Vec<Entry>, over: Vec<Entry>) {
    for entry in over {
        let known = match base.binary_search_by(|known| known.key.cmp(&entry.key)) {
            Ok(at) => &mut base[at],
            Err(at) => {
                base.insert(at, entry);
                continue;
            }
        };
        match (&mut known.value, entry.value) {
            (Value::Table(under), Value::Table(over)) => {
                if entry.key == "breaker" {
                    other_form(under, &over);
                }
                merge(under, over);
            }
            (known, value) => *known = value,
        }
        known.origin = entry.origin;
    }
}

/// A breaker has one of two forms: clauses of one take the place of those of the other.
fn other_form(under: &mut Vec<Entry>, over: &[Entry]) {
    let gives =
        |keys: &[&str]| over.iter().any(|entry| entry.value != Value::Null && keys.contains(&entry.key.as_str()));
    if gives(&OF_RATE) {
        under.retain(|entry| entry.key != "failures");
    }
    if gives(&["failures"]) {
        under.retain(|entry| !OF_RATE.contains(&entry.key.as_str()));
    }
}

/// Leaves out what takes something back, once that is done.
pub(super) fn without_nulls(entries: Vec<Entry>) -> Vec<Entry> {
    let kept = entries.into_iter().filter_map(|entry| match entry.value {
        Value::Null => None,
        Value::Table(inner) => {
            let inner = without_nulls(inner);
            (!inner.is_empty()).then_some(Entry { value: Value::Table(inner), ..entry })
        }
        _ => Some(entry),
    });
    kept.collect()
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Flag(flag) => flag.fmt(f),
            Self::Integer(number) => number.fmt(f),
            Self::Float(number) => number.fmt(f),
            Self::Text(text) => write!(f, "{text:?}"),
            // What would not be seen is put in quotes.
            Self::Word(text) if text.is_empty() || text.trim() != text || text.contains(char::is_control) => {
                write!(f, "{text:?}")
            }
            Self::Word(text) => f.write_str(text),
            Self::List => f.write_str("[…]"),
            Self::Table(entries) if entries.is_empty() => f.write_str("{}"),
            Self::Table(_) => f.write_str("{…}"),
        }
    }
}

pub(crate) struct Entries<'a>(pub(crate) &'a [Entry]);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for entry in self.0 {
            map.serialize_entry(&entry.key, &entry.value)?;
        }
        map.end()
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Text(text) | Self::Word(text) => serializer.serialize_str(text),
            Self::List => serializer.serialize_str("[…]"),
            Self::Table(entries) => Entries(entries).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a clause")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        // What is larger than that is out of every range.
        Ok(Value::Integer(i64::try_from(number).unwrap_or(i64::MAX)))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Float(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        while list.next_element::<Value>()?.is_some() {}
        Ok(Value::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries: Vec<Entry> = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            if entries.iter().any(|known| known.key == key) {
                return Err(A::Error::custom(format_args!("`{key}` is given twice")));
            }
            entries.push(Entry::new(key, value));
        }
        entries.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(Value::Table(entries))
    }
}
