//! How each type is read: shape, then types, then what follows from both, with all faults together.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use crate::check::own;
use crate::definition::{Definition, Kind};
use crate::fault::{Faults, Invalid, Path, Problem, Rule};
use crate::json;
use crate::limits;
use crate::model::{self, Cache, Change, Fallback, Feature, Healthcheck, Process, Quota, Run, Session};
use crate::shape::{Reader, Record};

/// What each type has: code that was derived for the one notation, and checks around it.
macro_rules! read {
    ($type:ident, $a:literal, $read:expr) => {
        #[doc = concat!("Reads ", $a, " from JSON.")]
        impl $type {
            #[doc = concat!("Reads ", $a, ", and checks all that can be checked without knowing any definition beside it.")]
            ///
            /// # Errors
            ///
            /// Every fault, each with its path.
            pub fn from_json(text: &str) -> Result<Self, Invalid> {
                Self::from_value(&json::read(text)?)
            }

            /// As [`from_json`](Self::from_json), from a value.
            ///
            /// # Errors
            ///
            /// Every fault, each with its path.
            pub fn from_value(value: &Value) -> Result<Self, Invalid> {
                $read(value)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::from_value(&Value::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }
    };
}

macro_rules! definition {
    ($($kind:ident, $a:literal);+) => { $(
        read!($kind, $a, |value| {
            let (definition, faults) = Self::draft(value);
            faults.some_or(definition)
        });

        impl $kind {
            /// As far as it can be read, and all that is wrong with it.
            pub(crate) fn draft(value: &Value) -> (Option<Self>, Faults) {
                of_kind(Kind::$kind, value, |notation| Self::deserialize(notation), own::$kind)
            }

            /// As JSON in one notation: snake case, durations as texts, every policy as an object.
            pub fn to_value(&self) -> Value {
                // Nothing that is written can fail, and all of it is an object.
                let mut value = Self::serialize(self, serde_json::value::Serializer).unwrap_or_default();
                value["kind"] = Kind::$kind.as_str().into();
                value
            }
        }

        impl Serialize for $kind {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.to_value().serialize(serializer)
            }
        }

        impl From<$kind> for Definition {
            fn from(definition: $kind) -> Self {
                Self::$kind(definition)
            }
        }
    )+ };
}

macro_rules! request {
    ($($type:ident, $a:literal, $record:ident);+) => { $(
        read!($type, $a, |value| {
            let mut faults = Faults::default();
            let request = shaped(&model::$record, value, |notation| Self::deserialize(notation), &mut faults);
            faults.some_or(request)
        });

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, serializer)
            }
        }
    )+ };
}

definition! {
    Fallback, "a fallback";
    Quota, "a quota";
    Healthcheck, "a healthcheck";
    Feature, "a feature";
    Cache, "a cache"
}

request! {
    Run, "a run", RUN;
    Process, "a process request", PROCESS;
    Session, "a session", SESSION;
    Change, "an update of a fallback", CHANGE
}

fn of_kind<T>(
    kind: Kind,
    value: &Value,
    decode: impl FnOnce(Value) -> serde_json::Result<T>,
    check: impl FnOnce(&T, &mut Faults),
) -> (Option<T>, Faults) {
    let mut faults = Faults::default();
    let definition = shaped(kind.record(), value, decode, &mut faults);
    let said = value.get("kind").and_then(Value::as_str);
    if let Some(other) = said.and_then(Kind::named).filter(|said| *said != kind) {
        let problem = Problem::new(Rule::Form, format!("this is a {kind}"), format!("define a {other} as a {other}"));
        faults.add(&Path::default().key("kind"), &Value::from(other.as_str()), problem);
    }
    if let Some(definition) = &definition {
        check(definition, &mut faults);
    }
    faults.belong_to(kind, value.get("tag").and_then(Value::as_str).unwrap_or_default());
    (definition, faults)
}

/// The value in its type. Where something is wrong there may be one all the same, so that more can be found.
fn shaped<T>(
    record: &Record,
    value: &Value,
    decode: impl FnOnce(Value) -> serde_json::Result<T>,
    faults: &mut Faults,
) -> Option<T> {
    let root = Path::default();
    if let Err(problem) = json::measure(value, 2 * limits::MOST_LEVELS) {
        faults.add_whole(&root, problem);
        return None;
    }
    let notation = Reader { faults: &mut *faults }.record(&root, record, value)?;
    match decode(notation) {
        Ok(read) => Some(read),
        // What stands in for what is wrong need not be what the type takes.
        Err(_) if !faults.is_empty() => None,
        // The tables of keys and the types would have to disagree.
        Err(error) => {
            let help = format!("write the keys of {} as documented", record.name);
            faults.add_whole(&root, Problem::new(Rule::Form, error.to_string(), help));
            None
        }
    }
}
