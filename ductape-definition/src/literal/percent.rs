//! Percentages: a number and `%`, exact to a hundredth of a percent.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

/// A share of something, written as `"20%"` or `"12.5%"`: more than nothing, and at most the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Percent {
    hundredths: u32,
}

const WHOLE: u32 = 10_000;

impl Percent {
    /// So many hundredths of a percent, from 1 to 10 000; `None` for what is no share.
    pub fn from_hundredths(hundredths: u32) -> Option<Self> {
        (1..=WHOLE).contains(&hundredths).then_some(Self { hundredths })
    }

    /// In hundredths of a percent.
    pub fn hundredths(self) -> u32 {
        self.hundredths
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        let number = text.strip_suffix('%')?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let cut = fraction.trim_end_matches('0');
        if !digits(whole) || !digits(fraction) || cut.len() > 2 {
            return None;
        }
        format!("{whole}{cut:0<2}").parse().ok().and_then(Self::from_hundredths)
    }
}

impl Display for Percent {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:02}", self.hundredths / 100, self.hundredths % 100);
        write!(f, "{}%", text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl TryFrom<String> for Percent {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::read(&text).ok_or("no percentage such as `20%`")
    }
}

impl From<Percent> for String {
    fn from(percent: Percent) -> Self {
        percent.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_read_and_shown_again() {
        for text in ["20%", "12.5%", "0.01%", "33.33%", "100%"] {
            assert_eq!(Percent::read(text).map(|percent| percent.to_string()).as_deref(), Some(text));
        }
        for text in ["", "%", "50", "50 %", "0%", "0.001%", "100.01%", "-5%", "1..5%", ".5%", "5.%", "99999999999%"] {
            assert_eq!(Percent::read(text), None, "{text}");
        }
    }
}
