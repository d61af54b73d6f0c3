//! Classes of errors, by which a definition says what an error means.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::fault::{Problem, Rule};

/// What an action's error looks like, as in `"retry_on": ["timeout", "5xx"]`.
///
/// The nearest class decides: a status before its hundred, either before `any`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorClass {
    /// `"429"`: one status code, from 100 to 599.
    Status(u16),
    /// `"5xx"`: all status codes of a hundred, from 1 to 5.
    Hundred(u8),
    /// `"timeout"`: no answer in time.
    Timeout,
    /// `"connection"`: not even connected.
    Connection,
    /// `"any"`: every other error.
    Any,
}

impl ErrorClass {
    pub(crate) const FORMS: &str =
        "write `\"timeout\"`, `\"connection\"`, `\"any\"`, a status such as `\"429\"`, or a hundred such as `\"5xx\"`";

    pub(crate) const PATTERN: &str = "^(timeout|connection|any|TIMEOUT|CONNECTION|ANY|[1-5][0-9][0-9]|[1-5][xX][xX])$";

    /// Whether an error of the class `error` is of this class too.
    pub fn covers(self, error: Self) -> bool {
        match (self, error) {
            (Self::Any, _) => true,
            (Self::Hundred(hundred), Self::Status(status)) => status / 100 == u16::from(hundred),
            (class, error) => class == error,
        }
    }
}

impl ErrorClass {
    pub(crate) fn read(text: &str) -> Result<Self, Problem> {
        let malformed = || Problem::new(Rule::Form, "this is no class of errors", Self::FORMS);
        match text {
            "timeout" | "TIMEOUT" => return Ok(Self::Timeout),
            "connection" | "CONNECTION" => return Ok(Self::Connection),
            "any" | "ANY" => return Ok(Self::Any),
            _ => {}
        }
        let [hundred @ b'1'..=b'5', rest @ ..] = text.as_bytes() else { return Err(malformed()) };
        match rest {
            [b'x' | b'X', b'x' | b'X'] => Ok(Self::Hundred(hundred - b'0')),
            [b'0'..=b'9', b'0'..=b'9'] => text.parse().map(Self::Status).map_err(|_| malformed()),
            _ => Err(malformed()),
        }
    }
}

impl Display for ErrorClass {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status}"),
            Self::Hundred(hundred) => write!(f, "{hundred}xx"),
            Self::Timeout => f.write_str("timeout"),
            Self::Connection => f.write_str("connection"),
            Self::Any => f.write_str("any"),
        }
    }
}

impl Serialize for ErrorClass {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ErrorClass {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(&String::deserialize(deserializer)?).map_err(|problem| de::Error::custom(problem.message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_read_and_shown_again() {
        for text in ["timeout", "connection", "any", "429", "5xx", "100"] {
            assert_eq!(ErrorClass::read(text).map(|class| class.to_string()).as_deref(), Ok(text));
        }
        for text in ["", "6xx", "600", "42", "4290", "5xy", "Timeout?", "５xx"] {
            assert!(ErrorClass::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_hundred_covers_its_statuses() {
        assert!(ErrorClass::Hundred(5).covers(ErrorClass::Status(503)));
        assert!(!ErrorClass::Hundred(5).covers(ErrorClass::Status(429)));
        assert!(ErrorClass::Any.covers(ErrorClass::Timeout));
        assert!(!ErrorClass::Status(503).covers(ErrorClass::Hundred(5)));
    }
}
