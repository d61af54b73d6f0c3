//! Durations: a number and a unit, such as `800ms` or `1.5s`.

use std::time::Duration;

use crate::diagnostics::Problem;

/// From the shortest to the longest that a clause takes.
pub(crate) const SHORTEST: Duration = Duration::from_micros(1);
pub(crate) const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

const UNITS: [(&str, u128); 5] =
    [("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)];

const FORMS: &str =
    "a duration is a number and a unit, such as `\"500us\"`, `\"800ms\"`, `\"1.5s\"`, `\"5m\"` or `\"1h\"`";

/// The longest that a cache keeps a value, fresh or stale.
pub(crate) const LONGEST_AGE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Reads a duration of at most `longest`; `clause` is the name to show in a corrected form.
pub(crate) fn read(clause: &str, text: &str, longest: Duration) -> Result<Duration, Problem> {
    if text.is_empty() {
        return Err(Problem::new("this duration is empty", FORMS));
    }
    if text.starts_with('-') {
        return Err(Problem::new(format!("the duration `{text}` is negative"), FORMS));
    }
    let (number, unit) =
        text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(text.len()));
    if unit.is_empty() {
        return Err(Problem::new(
            format!("the duration `{text}` has no unit"),
            format!("write `{clause} = \"{number}s\"` for seconds; units are `us`, `ms`, `s`, `m` and `h`"),
        ));
    }
    let Some(&(_, size)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(unknown_unit(clause, text, longest, number, unit));
    };
    if number.contains('_') {
        let help =
            mend(text, longest).map_or_else(|| FORMS.to_owned(), |mended| format!("write `{clause} = \"{mended}\"`"));
        return Err(Problem::new(format!("the duration `{text}` has a `_` in its number"), help));
    }
    let nanos = nanos(number, size).map_err(|fault| Problem::new(format!("the duration `{text}` {fault}"), FORMS))?;
    let duration = u64::try_from(nanos).map_or(Duration::MAX, Duration::from_nanos);
    if duration < SHORTEST || duration > longest {
        return Err(Problem::new(format!("the duration `{text}` is out of range"), range(clause, longest)));
    }
    Ok(duration)
}

fn range(clause: &str, longest: Duration) -> String {
    format!("`{clause}` takes a duration from `\"1us\"` to `\"{}\"`", show(longest))
}

fn unknown_unit(clause: &str, text: &str, longest: Duration, number: &str, unit: &str) -> Problem {
    if number.is_empty() {
        return Problem::new("this duration does not begin with a number", FORMS);
    }
    let right = mend(text, longest).map(|mended| format!("write `{clause} = \"{mended}\"`"));
    let help = format!("{}; units are `us`, `ms`, `s`, `m` and `h`", right.unwrap_or_else(|| range(clause, longest)));
    Problem::new(format!("`{unit}` is no unit of time"), help)
}

/// The sound duration that was meant: units may be words, several may follow each other, and none means seconds.
pub(crate) fn mend(text: &str, longest: Duration) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '_').collect();
    let mut parts = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let is_number = |c: char| c.is_ascii_digit() || c == '.';
        let (number, after) = rest.split_at(rest.find(|c| !is_number(c)).unwrap_or(rest.len()));
        let (unit, after) = after.split_at(after.find(is_number).unwrap_or(after.len()));
        parts.push((number, unit_of(unit)?));
        rest = after;
    }
    let mended = match parts.as_slice() {
        [(number, (unit, _))] if UNITS.iter().any(|(known, _)| known == unit) => format!("{number}{unit}"),
        parts => {
            let sum = parts.iter().try_fold(0_u128, |sum, (number, (_, size))| {
                nanos(number, *size).ok().and_then(|nanos| sum.checked_add(nanos))
            });
            show(Duration::from_nanos(u64::try_from(sum?).ok()?))
        }
    };
    read("", &mended, longest).is_ok().then_some(mended)
}

/// A unit as somebody might write it, those included that are none of ours.
fn unit_of(written: &str) -> Option<(&'static str, u128)> {
    let name = match written.to_ascii_lowercase().as_str() {
        "" | "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "us" | "µs" | "μs" | "usec" | "micros" | "microseconds" => "us",
        "ms" | "msec" | "millis" | "milliseconds" => "ms",
        "ns" | "nanos" | "nanoseconds" => return Some(("ns", 1)),
        "d" | "day" | "days" => return Some(("d", 24 * 3_600_000_000_000)),
        _ => return None,
    };
    UNITS.iter().find(|(known, _)| *known == name).copied()
}

/// The number in units of `size` nanoseconds, exactly.
fn nanos(number: &str, size: u128) -> Result<u128, &'static str> {
    const MALFORMED: &str = "does not begin with a number";
    const TOO_LONG: &str = "is too long to be counted";
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return Err(MALFORMED);
    }
    let mut nanos = whole.parse::<u128>().ok().and_then(|whole| whole.checked_mul(size)).ok_or(TOO_LONG)?;
    let mut place = size;
    let mut rest = 0_u128;
    // Digits beyond the nanosecond must be zeroes, as far as the unit divides evenly.
    for digit in fraction.trim_end_matches('0').bytes() {
        if !place.is_multiple_of(10) {
            rest = 1;
            break;
        }
        place /= 10;
        nanos = nanos.checked_add(u128::from(digit - b'0') * place).ok_or(TOO_LONG)?;
    }
    if rest == 0 { Ok(nanos) } else { Err("is finer than a nanosecond") }
}

/// In the clauses' own notation.
pub(crate) fn show(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    if nanos == 0 {
        return "0s".to_owned();
    }
    // Hours and minutes only when they come out even: nobody reads 1.508h.
    let fits = |&&(unit, size): &&(&str, u128)| {
        if size > 1_000_000_000 { nanos.is_multiple_of(size) } else { unit == "us" || nanos >= size }
    };
    let (unit, size) = UNITS.iter().find(fits).copied().unwrap_or(("us", 1_000));
    let (whole, rest) = (nanos / size, nanos % size);
    let places = size.to_string().len() - 1;
    if rest == 0 {
        format!("{whole}{unit}")
    } else {
        format!("{whole}.{}{unit}", format!("{rest:0places$}").trim_end_matches('0'))
    }
}

/// For people, who count neither the seconds of hours nor the hours of days.
pub(crate) fn show_roughly(duration: Duration) -> String {
    let seconds = duration.as_secs();
    for (unit, size) in [("days", 86_400), ("hours", 3_600), ("minutes", 60)] {
        if seconds >= 10 * size && !(unit == "minutes" && seconds.is_multiple_of(size)) {
            return format!("about {} {unit}", (seconds + size / 2) / size);
        }
    }
    show(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_is_read() {
        for (text, nanos) in [
            ("500us", 500_000),
            ("800ms", 800_000_000),
            ("2s", 2_000_000_000),
            ("1.5s", 1_500_000_000),
            ("0.000001s", 1_000),
            ("1.50000000000000s", 1_500_000_000),
            ("5m", 300_000_000_000),
            ("0.5m", 30_000_000_000),
            ("1h", 3_600_000_000_000),
            ("24h", 86_400_000_000_000),
        ] {
            assert_eq!(read("timeout", text, LONGEST).ok(), Some(Duration::from_nanos(nanos)), "{text}");
        }
    }

    #[test]
    fn a_fault_is_named() {
        for (text, said) in [
            ("", "empty"),
            ("-1s", "negative"),
            ("5", "no unit"),
            ("5 parsecs", "` parsecs` is no unit"),
            ("5 s", "` s` is no unit"),
            ("s", "begin with a number"),
            ("1..5s", "begin with a number"),
            (".5s", "begin with a number"),
            ("5.s", "begin with a number"),
            ("1_000ms", "has a `_`"),
            ("1d", "`d` is no unit"),
            ("0s", "out of range"),
            ("0.5us", "out of range"),
            ("25h", "out of range"),
            ("99999999999999999999h", "out of range"),
            ("9999999999999999999999999999999999999999999999h", "too long"),
            ("1.0000000001s", "finer than"),
        ] {
            let message = read("timeout", text, LONGEST).err().map(|problem| problem.message);
            assert!(message.as_deref().is_some_and(|message| message.contains(said)), "{text}: {message:?}");
        }
    }

    #[test]
    fn the_help_holds_the_value_that_was_written() {
        let help = |text| read("timeout", text, LONGEST).err().map(|problem| problem.help).unwrap_or_default();
        assert!(help("5").contains("`timeout = \"5s\"`"));
        assert!(help("5 sec").contains("`timeout = \"5s\"`"));
        assert!(help("5min").contains("`timeout = \"5m\"`"));
        assert!(help("1_000ms").contains("`timeout = \"1000ms\"`"));
        assert!(help("1m30s").contains("`timeout = \"90s\"`"));
        assert!(help("1h 30 minutes").contains("`timeout = \"90m\"`"));
        assert!(help("1d").contains("`timeout = \"24h\"`"));
        for out_of_range in ["2d", "500ns"] {
            assert!(help(out_of_range).contains("from `\"1us\"` to `\"24h\"`"), "{out_of_range}");
        }
    }

    #[test]
    fn long_durations_are_rounded() {
        for (seconds, shown) in [
            (90, "90s"),
            (599, "599s"),
            (1_200, "20m"),
            (1_201, "about 20 minutes"),
            (100_001, "about 28 hours"),
            (1_000_000, "about 12 days"),
        ] {
            assert_eq!(show_roughly(Duration::from_secs(seconds)), shown);
        }
    }

    #[test]
    fn shown_durations_can_be_read_again() {
        for text in ["1us", "1.5us", "800ms", "1.5s", "90s", "5m", "1h", "1.001001s"] {
            assert_eq!(read("timeout", text, LONGEST).map(show).ok().as_deref(), Some(text));
        }
    }
}
