//! Texts in the clauses' own notation: durations, rates, percentages.

use std::time::Duration;

use crate::engine::{Percent, Rate};

const UNITS: [(&str, u128); 5] =
    [("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)];

/// `"500us"`, `"800ms"`, `"1.5s"`, `"5m"`, `"1h"`; `None` for what is none. Whatever is too long is as long as can be.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = split(text);
    let (_, size) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let finest = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    // Finer than a nanosecond is no duration.
    let part = if fraction.is_empty() { 0 } else { fraction.parse::<u128>().ok()?.checked_mul(*size)? };
    if !part.is_multiple_of(finest) {
        return None;
    }
    let whole = whole.parse::<u128>().unwrap_or(u128::MAX).saturating_mul(*size);
    Some(u64::try_from(whole.saturating_add(part / finest)).map_or(Duration::MAX, Duration::from_nanos))
}

/// `"100/s"`, `"600/m"`, `"10000/h"`.
pub(super) fn rate(text: &str) -> Option<Rate> {
    let (count, unit) = text.split_once('/')?;
    let count = are_digits(count).then(|| count.parse().ok())??;
    match unit {
        "s" => Some(Rate::per_second(count)),
        "m" => Some(Rate::per_minute(count)),
        "h" => Some(Rate::per_hour(count)),
        _ => None,
    }
}

/// `"20%"`, `"12.5%"`, exact to a hundredth.
pub(super) fn percent(text: &str) -> Option<Percent> {
    let number = text.strip_suffix('%')?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 2 {
        return None;
    }
    Some(Percent::hundredths(format!("{whole}{fraction:0<2}").parse().unwrap_or(u32::MAX)))
}

/// A number, and the unit after it.
fn split(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len()))
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_in_clauses() {
        for (text, micros) in
            [("500us", 500), ("1.5us", 1), ("800ms", 800_000), ("1.5s", 1_500_000), ("5m", 300_000_000)]
        {
            let read = duration(text).map(|duration| duration.as_micros());
            assert_eq!(read, Some(micros), "{text}");
        }
        assert_eq!(duration("1.50s"), Some(Duration::from_millis(1_500)));
        assert_eq!(duration("99999999999999999999h"), Some(Duration::MAX));
        for text in ["", "s", "5", "5 s", "-1s", ".5s", "5.s", "1..5s", "1_000ms", "1d", "5S", "1.0000000001s", "５s"]
        {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn rates_are_read_as_in_clauses() {
        for (text, rate_of) in
            [("100/s", Rate::per_second(100)), ("600/m", Rate::per_minute(600)), ("1/h", Rate::per_hour(1))]
        {
            assert_eq!(rate(text), Some(rate_of), "{text}");
        }
        for text in ["", "/s", "100", "100/", "100 /s", "1.5/s", "-1/s", "+1/s", "100/d", "4294967296/s"] {
            assert_eq!(rate(text), None, "{text}");
        }
    }

    #[test]
    fn percentages_are_read_as_in_clauses() {
        for (text, hundredths) in [("20%", 2_000), ("12.5%", 1_250), ("0.01%", 1), ("12.500%", 1_250), ("150%", 15_000)]
        {
            assert_eq!(percent(text), Some(Percent::hundredths(hundredths)), "{text}");
        }
        for text in ["", "%", "20", "20 %", "-5%", ".5%", "5.%", "0.001%", "50%%"] {
            assert_eq!(percent(text), None, "{text}");
        }
    }
}
