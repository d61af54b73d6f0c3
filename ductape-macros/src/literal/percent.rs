//! Percentages: a number and `%`, such as `20%` or `12.5%`, exact to a hundredth of a percent.

use std::fmt::{self, Display, Formatter};

use crate::diagnostics::Problem;

/// A share of something: more than nothing, and no more than the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Percent {
    pub(crate) hundredths: u32,
}

const WHOLE: u32 = 10_000;

const FORMS: &str = "a percentage is a number and `%`, such as `\"20%\"` or `\"12.5%\"`";

/// Reads a percentage; `clause` is the name to show in a corrected form.
pub(crate) fn read(clause: &str, text: &str) -> Result<Percent, Problem> {
    if text.is_empty() {
        return Err(Problem::new("this percentage is empty", FORMS));
    }
    if text.starts_with('-') {
        return Err(Problem::new(format!("the percentage `{text}` is negative"), FORMS));
    }
    let (number, unit) =
        text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(text.len()));
    if number.is_empty() {
        return Err(Problem::new("this percentage does not begin with a number", FORMS));
    }
    let wrong = |fault: &str| Problem::new(format!("the percentage `{text}` {fault}"), FORMS);
    if unit != "%" {
        let mended = match unit.trim().to_ascii_lowercase().as_str() {
            "" => of_number(number),
            "%" | "percent" | "per cent" | "pct" => percent(number),
            _ => None,
        };
        let Some(mended) = mended else { return Err(wrong("is no number and `%`")) };
        let help = format!("write `{clause} = \"{mended}\"`");
        return Err(Problem::new(wrong("has no `%` right after its number").message, help));
    }
    Percent::new(scaled(number, 2).map_err(wrong)?).ok_or_else(|| {
        Problem::new(
            format!("the percentage `{text}` is out of range"),
            format!("`{clause}` takes more than `\"0%\"` and at most `\"100%\"`"),
        )
    })
}

/// The percentage that a number alone was meant for: 0.2 is a share, and 20 a percentage already.
pub(crate) fn of_number(number: &str) -> Option<Percent> {
    let share = number.contains('.').then(|| scaled(number, 4).ok().and_then(Percent::new)).flatten();
    share.or_else(|| percent(number))
}

fn percent(number: &str) -> Option<Percent> {
    scaled(number, 2).ok().and_then(Percent::new)
}

/// The number without its point, which is moved so many places to the right.
fn scaled(number: &str, places: usize) -> Result<u64, &'static str> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return Err("does not begin with a number");
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > places {
        return Err("is finer than a hundredth of a percent");
    }
    // What is too large to be counted is out of every range.
    Ok(format!("{whole}{fraction:0<places$}").parse().unwrap_or(u64::MAX))
}

impl Percent {
    fn new(hundredths: u64) -> Option<Self> {
        u32::try_from(hundredths).ok().filter(|share| (1..=WHOLE).contains(share)).map(|hundredths| Self { hundredths })
    }
}

/// In the clauses' own notation.
impl Display for Percent {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:02}", self.hundredths / 100, self.hundredths % 100);
        write!(f, "{}%", text.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_read_and_shown_again() {
        for (text, hundredths) in
            [("20%", 2_000), ("12.5%", 1_250), ("0.01%", 1), ("33.33%", 3_333), ("0.5%", 50), ("100%", 10_000)]
        {
            let percent = read("failure_rate", text).ok();
            assert_eq!(percent, Some(Percent { hundredths }), "{text}");
            assert_eq!(percent.map(|percent| percent.to_string()).as_deref(), Some(text));
        }
        assert_eq!(read("failure_rate", "12.500%").map(|percent| percent.hundredths).ok(), Some(1_250));
    }

    #[test]
    fn a_fault_is_named() {
        for (text, said) in [
            ("", "empty"),
            ("-5%", "negative"),
            ("%", "begin with a number"),
            ("half", "begin with a number"),
            ("50", "has no `%`"),
            ("50 %", "has no `%`"),
            ("50percent", "has no `%`"),
            ("50‰", "is no number and `%`"),
            ("50%%", "is no number and `%`"),
            ("1..5%", "begin with a number"),
            (".5%", "begin with a number"),
            ("5.%", "begin with a number"),
            ("1_0%", "begin with a number"),
            ("0%", "out of range"),
            ("0.00%", "out of range"),
            ("100.01%", "out of range"),
            ("150%", "out of range"),
            ("99999999999999999999999999999999999999999999%", "out of range"),
            ("0.001%", "finer than"),
        ] {
            let message = read("failure_rate", text).err().map(|problem| problem.message);
            assert!(message.as_deref().is_some_and(|message| message.contains(said)), "{text}: {message:?}");
        }
    }

    #[test]
    fn the_help_holds_the_value_that_was_written() {
        let help = |text| read("retry_budget", text).err().map(|problem| problem.help).unwrap_or_default();
        for (text, mended) in [
            ("20", "20%"),
            ("20 %", "20%"),
            ("12.5 percent", "12.5%"),
            ("0.5 pct", "0.5%"),
            ("0.2", "20%"),
            ("0.125", "12.5%"),
            ("1.5", "1.5%"),
        ] {
            assert!(help(text).contains(&format!("`retry_budget = \"{mended}\"`")), "{text}: {}", help(text));
        }
        assert!(help("150%").contains("at most `\"100%\"`"));
    }
}
