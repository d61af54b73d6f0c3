//! Rates: a whole number per second, minute or hour, such as `100/s`.

use std::fmt::{self, Display, Formatter};

use crate::diagnostics::Problem;

/// So many per unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) count: u32,
    pub(crate) per: Per,
}

/// The units of time that a rate can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Per {
    Second,
    Minute,
    Hour,
}

const FORMS: &str = "a rate is a whole number per unit of time, such as `\"100/s\"`, `\"600/m\"` or `\"10000/h\"`";

/// Reads a rate; `clause` is the name to show in a corrected form.
pub(crate) fn read(clause: &str, text: &str) -> Result<Rate, Problem> {
    if text.is_empty() {
        return Err(Problem::new("this rate is empty", FORMS));
    }
    if text.starts_with('-') {
        return Err(Problem::new(format!("the rate `{text}` is negative"), FORMS));
    }
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    if number.is_empty() {
        return Err(Problem::new("this rate does not begin with a whole number", FORMS));
    }
    if unit.is_empty() {
        return Err(Problem::new(
            format!("the rate `{text}` has no unit"),
            format!("write `{clause} = \"{number}/s\"` for a second; units are `/s`, `/m` and `/h`"),
        ));
    }
    if unit.starts_with(['.', '_', ',']) {
        return Err(Problem::new(format!("the rate `{text}` does not begin with a whole number"), FORMS));
    }
    let Some(per) = Per::of(unit) else { return Err(unknown_unit(clause, number, unit)) };
    match number.parse() {
        Ok(count) if count > 0 => Ok(Rate { count, per }),
        _ => Err(Problem::new(
            format!("the rate `{text}` is out of range"),
            format!("`{clause}` takes a rate from `\"1{0}\"` to `\"{1}{0}\"`", per.symbol(), u32::MAX),
        )),
    }
}

fn unknown_unit(clause: &str, number: &str, unit: &str) -> Problem {
    let unit_of_time = unit.trim().to_ascii_lowercase();
    let after = |prefix| unit_of_time.strip_prefix(prefix).map(str::trim);
    let meant = match after("/").or_else(|| after("per ")).or_else(|| after("p")).unwrap_or_default() {
        "s" | "sec" | "second" | "seconds" => Some(Per::Second),
        "m" | "min" | "minute" | "minutes" => Some(Per::Minute),
        "h" | "hr" | "hour" | "hours" => Some(Per::Hour),
        _ => None,
    };
    let help = match meant {
        Some(per) => format!("write `{clause} = \"{number}{}\"`; units are `/s`, `/m` and `/h`", per.symbol()),
        None => "units are `/s`, `/m` and `/h`".to_owned(),
    };
    Problem::new(format!("`{unit}` is no unit of a rate"), help)
}

impl Per {
    fn of(symbol: &str) -> Option<Self> {
        [Per::Second, Per::Minute, Per::Hour].into_iter().find(|per| per.symbol() == symbol)
    }

    fn symbol(self) -> &'static str {
        match self {
            Per::Second => "/s",
            Per::Minute => "/m",
            Per::Hour => "/h",
        }
    }
}

/// In the clauses' own notation.
impl Display for Rate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.per.symbol())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_is_read_and_shown_again() {
        for (text, count, per) in [
            ("100/s", 100, Per::Second),
            ("600/m", 600, Per::Minute),
            ("10000/h", 10_000, Per::Hour),
            ("1/h", 1, Per::Hour),
            ("4294967295/s", u32::MAX, Per::Second),
        ] {
            let rate = read("rate", text).ok();
            assert_eq!(rate, Some(Rate { count, per }), "{text}");
            assert_eq!(rate.map(|rate| rate.to_string()).as_deref(), Some(text));
        }
    }

    #[test]
    fn a_fault_is_named() {
        for (text, said) in [
            ("", "empty"),
            ("-1/s", "negative"),
            ("100", "no unit"),
            ("/s", "begin with a whole number"),
            ("s", "begin with a whole number"),
            ("1.5/s", "begin with a whole number"),
            ("1_000/s", "begin with a whole number"),
            ("100/", "`/` is no unit"),
            ("100/d", "`/d` is no unit"),
            ("100 /s", "` /s` is no unit"),
            ("100/s ", "`/s ` is no unit"),
            ("100/ms", "`/ms` is no unit"),
            ("100s", "`s` is no unit"),
            ("0/s", "out of range"),
            ("4294967296/s", "out of range"),
            ("99999999999999999999999999999999999999999999/h", "out of range"),
        ] {
            let message = read("rate", text).err().map(|problem| problem.message);
            assert!(message.as_deref().is_some_and(|message| message.contains(said)), "{text}: {message:?}");
        }
    }

    #[test]
    fn the_help_holds_the_value_that_was_written() {
        let help = |text| read("rate_limit", text).err().map(|problem| problem.help).unwrap_or_default();
        for (text, mended) in [
            ("100", "100/s"),
            ("100 /s", "100/s"),
            ("100/sec", "100/s"),
            ("600/Min", "600/m"),
            ("600 per minute", "600/m"),
            ("100ps", "100/s"),
            ("5/hour", "5/h"),
        ] {
            assert!(help(text).contains(&format!("`rate_limit = \"{mended}\"`")), "{text}: {}", help(text));
        }
        assert!(help("0/m").contains("from `\"1/m\"`"));
    }
}
