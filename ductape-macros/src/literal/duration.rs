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

/// Reads a duration; `clause` is the name to show in a corrected form.
pub(crate) fn read(clause: &str, text: &str) -> Result<Duration, Problem> {
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
        return Err(unknown_unit(clause, number, unit));
    };
    let nanos = nanos(number, size).map_err(|fault| Problem::new(format!("the duration `{text}` {fault}"), FORMS))?;
    let duration = u64::try_from(nanos).map_or(Duration::MAX, Duration::from_nanos);
    if duration < SHORTEST || duration > LONGEST {
        return Err(Problem::new(
            format!("the duration `{text}` is out of range"),
            format!("`{clause}` takes a duration from `\"1us\"` to `\"24h\"`"),
        ));
    }
    Ok(duration)
}

fn unknown_unit(clause: &str, number: &str, unit: &str) -> Problem {
    let meant = match unit.trim().to_ascii_lowercase().as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "us" | "µs" | "μs" | "usec" | "micros" | "microseconds" => "us",
        "ms" | "msec" | "millis" | "milliseconds" => "ms",
        _ => "",
    };
    if number.is_empty() {
        return Problem::new("this duration does not begin with a number", FORMS);
    }
    let help = if meant.is_empty() {
        "units are `us`, `ms`, `s`, `m` and `h`".to_owned()
    } else {
        format!("write `{clause} = \"{number}{meant}\"`; units are `us`, `ms`, `s`, `m` and `h`")
    };
    Problem::new(format!("`{unit}` is no unit of time"), help)
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
            assert_eq!(read("timeout", text).ok(), Some(Duration::from_nanos(nanos)), "{text}");
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
            ("1_000ms", "begin with a number"),
            ("0s", "out of range"),
            ("0.5us", "out of range"),
            ("25h", "out of range"),
            ("99999999999999999999h", "out of range"),
            ("9999999999999999999999999999999999999999999999h", "too long"),
            ("1.0000000001s", "finer than"),
        ] {
            let message = read("timeout", text).err().map(|problem| problem.message);
            assert!(message.as_deref().is_some_and(|message| message.contains(said)), "{text}: {message:?}");
        }
    }

    #[test]
    fn the_help_holds_the_value_that_was_written() {
        let help = |text| read("timeout", text).err().map(|problem| problem.help).unwrap_or_default();
        assert!(help("5").contains("`timeout = \"5s\"`"));
        assert!(help("5 sec").contains("`timeout = \"5s\"`"));
        assert!(help("5min").contains("`timeout = \"5m\"`"));
    }

    #[test]
    fn shown_durations_can_be_read_again() {
        for text in ["1us", "1.5us", "800ms", "1.5s", "90s", "5m", "1h", "1.001001s"] {
            assert_eq!(read("timeout", text).map(show).ok().as_deref(), Some(text));
        }
    }
}
