use std::fmt::{self, Display, Formatter};

use serde::{Serialize, Serializer};

/// A share of something, exact to a hundredth of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u32);

/// How many of its units are the whole.
const WHOLE: u32 = 10_000;

impl Percent {
    /// So many percent.
    #[must_use]
    pub const fn of(percent: u32) -> Self {
        Self(percent.saturating_mul(100))
    }

    /// So many hundredths of a percent: 1250 are 12.5 %.
    #[must_use]
    pub const fn hundredths(hundredths: u32) -> Self {
        Self(hundredths)
    }

    /// Whether it is more than nothing, and no more than the whole.
    pub(crate) const fn is_share(self) -> bool {
        self.0 > 0 && self.0 <= WHOLE
    }

    /// This share of so many, rounded down.
    pub(crate) fn of_all(self, all: u64) -> u64 {
        u64::try_from(u128::from(all) * u128::from(self.0) / u128::from(WHOLE)).unwrap_or(u64::MAX)
    }

    /// Whether so many of that many are at least this share.
    pub(super) const fn reached_by(self, part: u64, all: u64) -> bool {
        part as u128 * WHOLE as u128 >= all as u128 * self.0 as u128
    }
}

impl Display for Percent {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (whole, hundredths) = (self.0 / 100, self.0 % 100);
        let text = format!("{whole}.{hundredths:02}");
        f.pad(&format!("{}%", text.trim_end_matches('0').trim_end_matches('.')))
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_reads_as_it_is_written() {
        let shown = [0, 1, 50, 100, 1_000, 1_250, 3_333, 10_000].map(|share| Percent::hundredths(share).to_string());
        assert_eq!(shown, ["0%", "0.01%", "0.5%", "1%", "10%", "12.5%", "33.33%", "100%"]);
        assert_eq!(Percent::of(50), Percent::hundredths(5_000));
    }

    #[test]
    fn a_share_is_reached_exactly() {
        assert!(Percent::of(50).reached_by(1, 2));
        assert!(!Percent::of(50).reached_by(499_999, 999_999));
        assert!(Percent::hundredths(3_333).reached_by(1, 3) && !Percent::hundredths(3_334).reached_by(1, 3));
        assert!(Percent::of(100).reached_by(u64::MAX, u64::MAX));
        assert!(!Percent::of(100).reached_by(u64::MAX - 1, u64::MAX));
    }
}
