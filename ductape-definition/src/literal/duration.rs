//! Durations: `"800ms"`, `"1.5s"`, or a number of milliseconds.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serializer, de};
use serde_json::Value;

use crate::fault::{Problem, Rule};
use crate::limits::range;

const UNITS: [(&str, u64); 5] =
    [("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)];

const FORMS: &str = "write a number and a unit, such as `\"500us\"`, `\"800ms\"`, `\"1.5s\"`, `\"5m\"` or `\"1h\"`, \
                     or a number of milliseconds";

/// Reads a duration of at most `longest`.
pub(crate) fn read(value: &Value, longest: Duration) -> Result<Duration, Problem> {
    let malformed = || Problem::new(Rule::Form, "this is no duration", FORMS);
    let duration = match value {
        Value::Number(millis) => match (millis.as_u64(), millis.as_f64()) {
            (Some(millis), _) => Some(Duration::from_millis(millis)),
            (None, Some(millis)) => Duration::try_from_secs_f64(millis / 1e3).ok(),
            (None, None) => None,
        },
        Value::String(text) => Some(of_text(text).ok_or_else(malformed)?),
        _ => return Err(malformed()),
    };
    duration.filter(|duration| (range::SHORTEST..=longest).contains(duration)).ok_or_else(|| {
        let help = format!("write a duration from `\"1us\"` to `\"{}\"`", show(longest));
        Problem::new(Rule::Range, "this duration is out of range", help)
    })
}

/// Without a range; what is too long to be counted is the longest there is.
fn of_text(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.')?);
    let size = u128::from(UNITS.iter().find(|(name, _)| *name == unit)?.1);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let mut nanos = whole.parse::<u128>().unwrap_or(u128::MAX).saturating_mul(size);
    let mut place = size;
    for digit in fraction.trim_end_matches('0').bytes() {
        // Finer than a nanosecond, or not counted in tenths: a minute divides by ten only so often.
        if !place.is_multiple_of(10) {
            return None;
        }
        place /= 10;
        nanos = nanos.saturating_add(u128::from(digit - b'0') * place);
    }
    Some(u64::try_from(nanos).map_or(Duration::MAX, Duration::from_nanos))
}

/// In the clauses' own notation: exact, and can be read again.
pub(crate) fn show(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    let even = |&&(unit, size): &&(&str, u64)| match unit {
        "h" | "m" => nanos > 0 && nanos.is_multiple_of(u128::from(size)),
        _ => nanos >= u128::from(size),
    };
    let (unit, size) = UNITS.iter().find(even).copied().unwrap_or(("us", 1_000));
    let (whole, rest) = (nanos / u128::from(size), nanos % u128::from(size));
    let places = size.to_string().len() - 1;
    let fraction = format!(".{rest:0places$}");
    format!("{whole}{}{unit}", fraction.trim_end_matches('0').trim_end_matches('.'))
}

/// For `#[serde(with = …)]`, of a field that is required.
pub(crate) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&show(*duration))
}

/// For `#[serde(with = …)]`, of a field that is required.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    read(&Value::deserialize(deserializer)?, range::LONGEST_AGE).map_err(|problem| de::Error::custom(problem.message))
}

/// For `#[serde(with = …)]`, of a field that may be missing.
pub(crate) mod option {
    use std::time::Duration;

    use serde::{Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "serde hands a reference to the field")]
    pub(crate) fn serialize<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        match duration {
            Some(duration) => super::serialize(duration, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        super::deserialize(deserializer).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_and_milliseconds_are_read() {
        for (value, nanos) in [
            (json!("500us"), 500_000),
            (json!("1.5s"), 1_500_000_000),
            (json!("0.5m"), 30_000_000_000),
            (json!("24h"), 86_400_000_000_000),
            (json!(60000), 60_000_000_000),
            (json!(0.5), 500_000),
        ] {
            assert_eq!(read(&value, range::LONGEST), Ok(Duration::from_nanos(nanos)), "{value}");
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        for (value, rule) in [
            (json!(""), Rule::Form),
            (json!("5"), Rule::Form),
            (json!("5 parsecs"), Rule::Form),
            (json!(".5s"), Rule::Form),
            (json!("5.s"), Rule::Form),
            (json!("1.2.3s"), Rule::Form),
            (json!("-1s"), Rule::Form),
            (json!("1.0000000001s"), Rule::Form),
            (json!(true), Rule::Form),
            (json!(0), Rule::Range),
            (json!(-1), Rule::Range),
            (json!("0s"), Rule::Range),
            (json!("25h"), Rule::Range),
            (json!(1e300), Rule::Range),
            (json!(u64::MAX), Rule::Range),
            (json!("99999999999999999999999999999999999999999999999h"), Rule::Range),
        ] {
            assert_eq!(read(&value, range::LONGEST).map_err(|problem| problem.rule), Err(rule), "{value}");
        }
    }

    #[test]
    fn shown_durations_can_be_read_again() {
        for nanos in [1_000, 1_500, 1_234_567, 800_000_000, 1_500_000_000, 90_000_000_000, 300_000_000_000] {
            let duration = Duration::from_nanos(nanos);
            assert_eq!(read(&json!(show(duration)), range::LONGEST), Ok(duration), "{}", show(duration));
        }
        assert_eq!(show(Duration::from_secs(90)), "90s");
        assert_eq!(show(Duration::from_secs(3_600)), "1h");
    }
}
