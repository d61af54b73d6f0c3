//! Durations as people write them in clauses, used wherever a plan or an outcome is shown.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Serialize, Serializer};

/// Shows a duration in the clauses' own notation: `2s`, `800ms`, `1.5s`.
#[derive(Clone, Copy)]
pub(crate) struct Span(pub(crate) Duration);

const UNITS: [(&str, u128); 5] =
    [("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)];

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.as_nanos();
        if nanos == 0 {
            return f.pad("0s");
        }
        // Hours and minutes only when they come out even: nobody reads 1.508h.
        let even = |&&(unit, size): &&(&str, u128)| match unit {
            "h" | "m" => nanos.is_multiple_of(size),
            _ => nanos >= size,
        };
        let (unit, size) = UNITS.iter().find(even).copied().unwrap_or(("ns", 1));
        let (whole, rest) = (nanos / size, nanos % size);
        let mut text = whole.to_string();
        let thousandths = rest * 1_000 / size;
        if thousandths > 0 {
            text.push_str(format!(".{thousandths:03}").trim_end_matches('0'));
        }
        text.push_str(unit);
        f.pad(&text)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// For `#[serde(serialize_with = …)]` on durations.
pub(crate) fn span<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Span(*duration))
}

/// For `#[serde(serialize_with = …)]` on optional durations.
#[expect(clippy::ref_option, reason = "serde hands a reference to the field")]
pub(crate) fn span_option<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    duration.map(Span).serialize(serializer)
}

/// A number of milliseconds: the nearest one, which is also the shortest to write.
pub(crate) fn in_millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e9).round() / 1e6
}

/// For `#[serde(serialize_with = …)]` on what was measured: a number of milliseconds.
pub(crate) fn millis<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(in_millis(*duration))
}

/// As [`millis`], for optional durations.
#[expect(clippy::ref_option, reason = "serde hands a reference to the field")]
pub(crate) fn millis_option<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    match duration {
        Some(duration) => serializer.serialize_some(&in_millis(*duration)),
        None => serializer.serialize_none(),
    }
}

/// For `#[serde(serialize_with = …)]` on points in time: milliseconds since 1970.
pub(crate) fn since_1970<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    since_1970_option(&Some(*time), serializer)
}

/// As [`since_1970`], for optional points in time.
#[expect(clippy::ref_option, reason = "serde hands a reference to the field")]
pub(crate) fn since_1970_option<S: Serializer>(time: &Option<SystemTime>, serializer: S) -> Result<S::Ok, S::Error> {
    let since = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    match since.and_then(|since| u64::try_from(since.as_millis()).ok()) {
        Some(millis) => serializer.serialize_some(&millis),
        None => serializer.serialize_none(),
    }
}

/// The known names most like the one that was written, in capitals or not, nearest first; at most three.
pub(crate) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let written = written.to_lowercase();
    let slips = |known: &'a str| (strsim::damerau_levenshtein(&written, &known.to_lowercase()), known);
    let mut known: Vec<_> = known.into_iter().map(slips).collect();
    known.sort_unstable();
    let close = |&(slips, known): &(usize, &str)| slips <= known.len().max(written.len()) / 2;
    known.into_iter().take_while(close).take(3).map(|(_, known)| known).collect()
}

/// `a`, `b` and `c`: names in backticks, joined for a sentence.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_they_are_written() {
        let shown = |nanos| Span(Duration::from_nanos(nanos)).to_string();
        assert_eq!(shown(0), "0s");
        assert_eq!(shown(500), "500ns");
        assert_eq!(shown(500_000), "500us");
        assert_eq!(shown(800_000_000), "800ms");
        assert_eq!(shown(1_500_000_000), "1.5s");
        assert_eq!(shown(90_000_000_000), "90s");
        assert_eq!(shown(300_000_000_000), "5m");
        assert_eq!(shown(3_600_000_000_000), "1h");
        assert_eq!(shown(1_234_567), "1.234ms");
    }

    #[test]
    fn milliseconds_are_written_as_short_as_they_are() {
        let shown = |nanos| in_millis(Duration::from_nanos(nanos)).to_string();
        assert_eq!(shown(672_000), "0.672");
        assert_eq!(shown(736_001), "0.736001");
        assert_eq!(shown(86_400_000_000_000), "86400000");
    }
}
