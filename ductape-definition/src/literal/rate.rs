//! Rates: a whole number per second, minute or hour, such as `100/s`.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

/// So many per unit of time, written as `"100/s"`, `"600/m"` or `"10000/h"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub struct Rate {
    /// How many; at least 1.
    pub count: u32,
    /// Per what.
    pub per: Per,
}

/// The unit of time of a [`Rate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Per {
    /// `/s`
    Second,
    /// `/m`
    Minute,
    /// `/h`
    Hour,
}

impl Rate {
    /// So many per unit of time.
    pub fn new(count: u32, per: Per) -> Self {
        Self { count, per }
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        let (count, unit) = text.split_once('/')?;
        let per = match unit {
            "s" => Per::Second,
            "m" => Per::Minute,
            "h" => Per::Hour,
            _ => return None,
        };
        let digits = count.bytes().all(|byte| byte.is_ascii_digit());
        let count = count.parse().ok().filter(|count| digits && *count > 0)?;
        Some(Self { count, per })
    }
}

impl Display for Rate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let unit = match self.per {
            Per::Second => 's',
            Per::Minute => 'm',
            Per::Hour => 'h',
        };
        write!(f, "{}/{unit}", self.count)
    }
}

impl TryFrom<String> for Rate {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::read(&text).ok_or("no rate such as `100/s`")
    }
}

impl From<Rate> for String {
    fn from(rate: Rate) -> Self {
        rate.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_and_shown_again() {
        for text in ["100/s", "600/m", "10000/h", "4294967295/s"] {
            assert_eq!(Rate::read(text).map(|rate| rate.to_string()).as_deref(), Some(text));
        }
        for text in ["", "100", "/s", "+1/s", "1.5/s", "0/s", "4294967296/s", "1/d", "1 /s", "1/s/s"] {
            assert_eq!(Rate::read(text), None, "{text}");
        }
    }
}
