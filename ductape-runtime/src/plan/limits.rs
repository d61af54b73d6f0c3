//! The rules that a definition keeps: what one provider needs, and the checks of values that only the compiler knows.

use std::time::Duration;

use super::provider::ProviderPolicy;
use crate::engine::{Bulkhead, RateLimit};

/// The ranges of values, from the smallest to the largest; where one end is missing, zero is the smallest.
pub(crate) mod range {
    use std::time::Duration;

    pub(crate) const MOST_RETRIES: u32 = 100_000;
    pub(crate) const LARGEST_WEIGHT: u32 = 64_000;
    pub(crate) const LARGEST_TOTAL: u32 = 4_096_000;
    pub(crate) const LARGEST_COUNT: u32 = 1_000_000;
    pub(crate) const LARGEST_FACTOR: f64 = 1_000_000.0;
    pub(crate) const SHORTEST: Duration = Duration::from_micros(1);
    pub(crate) const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
    pub(crate) const LONGEST_AGE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
}

/// What a provider needs at least of a deadline, by name.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    /// The provider, or `"degrade"`.
    pub provider: &'static str,
    /// One full attempt, and what belongs to it.
    pub time: Duration,
}

impl Need {
    /// Of a degrade block, whose timeout this is.
    pub const fn degrade(timeout: Duration) -> Self {
        Self { provider: "degrade", time: timeout }
    }
}

impl ProviderPolicy {
    /// What the provider needs at least: to be let in, one full attempt, and the question that may follow it.
    pub(crate) const fn need(&self) -> Duration {
        let attempt = self.entry().saturating_add(self.timeout);
        match self.reconcile {
            Some(reconcile) => attempt.saturating_add(reconcile.after).saturating_add(self.timeout),
            None => attempt,
        }
    }

    /// The longest wait to be let in to an attempt.
    pub(crate) const fn entry(&self) -> Duration {
        let place = match self.bulkhead() {
            Some(Bulkhead { wait, .. }) => *wait,
            None => Duration::ZERO,
        };
        match self.rate_limit() {
            Some(RateLimit { wait, .. }) => place.saturating_add(*wait),
            None => place,
        }
    }
}

/// Checks of const values, for `const _: () = check::…(VALUE);` located at the value.
///
/// A value that breaks a rule is a compile error there (E0080), with the rule as its text.
#[expect(clippy::missing_panics_doc, reason = "they panic while compiling, which is what they are for")]
pub mod check {
    use std::time::Duration;

    use super::Need;
    use super::range::{
        LARGEST_COUNT, LARGEST_FACTOR, LARGEST_TOTAL, LARGEST_WEIGHT, LONGEST, LONGEST_AGE, MOST_RETRIES, SHORTEST,
    };
    use crate::engine::{Percent, Rate};
    use crate::plan::limits::text::Text;

    /// Retries go up to 100 000.
    #[track_caller]
    pub const fn retries(retries: u32) {
        assert!(
            retries <= MOST_RETRIES,
            "`retries` is out of range\nhelp: `retries` takes a whole number from 0 to 100000"
        );
    }

    /// Weights go up to 64 000.
    #[track_caller]
    pub const fn weight(weight: u32) {
        assert!(
            weight <= LARGEST_WEIGHT,
            "`weight` is out of range\nhelp: `weight` takes a whole number from 0 to 64000"
        );
    }

    /// The sum of the weights goes from 1 to what as many providers as there may be can come to.
    #[track_caller]
    pub const fn total(total: u32) {
        assert!(
            total > 0 && total <= LARGEST_TOTAL,
            "`total` is out of range\nhelp: `total` takes a whole number from 1 to 4096000"
        );
    }

    /// Counts of checks in a row are at least 1.
    #[track_caller]
    pub const fn in_a_row(checks: u32) {
        assert!(
            checks > 0 && checks <= LARGEST_COUNT,
            "this number of checks is out of range\nhelp: `fall` and `rise` take a whole number from 1 to 1000000"
        );
    }

    /// Durations go from 1 µs to 24 h.
    #[track_caller]
    pub const fn duration(duration: Duration) {
        assert!(
            duration.as_nanos() >= SHORTEST.as_nanos() && duration.as_nanos() <= LONGEST.as_nanos(),
            "this duration is out of range\nhelp: a clause takes a duration from `1us` to `24h`"
        );
    }

    /// What is kept in a cache is kept from 1 µs to 30 days, and stale for as long again.
    #[track_caller]
    pub const fn age(age: Duration) {
        assert!(
            age.as_nanos() >= SHORTEST.as_nanos() && age.as_nanos() <= LONGEST_AGE.as_nanos(),
            "this duration is out of range\nhelp: a cache takes durations from `1us` to `720h`, which is 30 days"
        );
    }

    /// Factors are at least 1, and finite.
    #[track_caller]
    pub const fn factor(factor: f64) {
        assert!(
            factor >= 1.0 && factor <= LARGEST_FACTOR,
            "`factor` is out of range\nhelp: `factor` takes a number from 1 to 1000000"
        );
    }

    /// Counts go from 1 to 1 000 000.
    #[track_caller]
    pub const fn count(count: u32) {
        assert!(
            count > 0 && count <= LARGEST_COUNT,
            "this number is out of range\nhelp: a clause that counts takes a whole number from 1 to 1000000"
        );
    }

    /// Shares are more than nothing, and at most the whole.
    #[track_caller]
    pub const fn share(share: Percent) {
        assert!(
            share.is_share(),
            "this percentage is out of range\nhelp: a clause takes a percentage above `0%`, and up to `100%`"
        );
    }

    /// Rates are at least one per time.
    #[track_caller]
    pub const fn rate(rate: Rate) {
        assert!(rate.count() > 0, "this rate is out of range\nhelp: a clause takes a rate from `1/h` on");
    }

    /// Costs are finite and not negative.
    #[track_caller]
    pub const fn cost(cost: f64) {
        assert!(cost >= 0.0 && cost.is_finite(), "`cost` is out of range\nhelp: `cost` takes a number from 0 on");
    }

    /// `max` is at least `base`.
    #[track_caller]
    pub const fn backoff(base: Duration, max: Duration) {
        assert!(
            max.as_nanos() >= base.as_nanos(),
            "the longest wait, `max`, is below the first, `base`\nhelp: write a longer `max`, or a shorter `base`"
        );
    }

    /// The weights add up, and not to nothing.
    #[track_caller]
    pub const fn weights(weights: &[u32], total: u32) {
        let mut sum = 0_u64;
        let mut at = 0;
        while at < weights.len() {
            sum += weights[at] as u64;
            at += 1;
        }
        if sum != total as u64 {
            let text = Text::new()
                .text("the weights add up to ")
                .number(sum as u128)
                .text(", but must add up to ")
                .number(total as u128)
                .text("\nhelp: write weights that add up to ")
                .number(total as u128);
            panic!("{}", text.as_str());
        }
    }

    /// The deadline leaves a step time for a full try, and for another one where there are retries.
    #[track_caller]
    pub const fn step(step: &'static str, deadline: Duration, timeout: Duration, retries: u32) {
        let (deadline, time) = (deadline.as_nanos(), timeout.as_nanos());
        // Out of range: that is said already.
        if deadline < SHORTEST.as_nanos() || time > LONGEST.as_nanos() {
            return;
        }
        let text = Text::new().text("a try of `").text(step).text("` may take ");
        let text = if time > deadline {
            let text = text.duration(time).text(", but the deadline is ").duration(deadline);
            text.text("\nhelp: write a shorter `timeout`, or a longer `deadline`")
        } else if time == deadline && retries > 0 {
            let text = text.text("all of the deadline, ").duration(deadline).text(", so that no other follows");
            text.text("\nhelp: write a shorter `timeout`, or leave `retries` out")
        } else {
            return;
        };
        panic!("{}", text.as_str());
    }

    /// The deadline leaves every provider a full attempt.
    #[track_caller]
    pub const fn deadline(deadline: Duration, needs: &[Need]) {
        // Out of range: that is said already.
        if deadline.as_nanos() < SHORTEST.as_nanos() {
            return;
        }
        let mut sum = 0_u128;
        let mut unreachable: Option<&'static str> = None;
        let mut at = 0;
        while at < needs.len() {
            sum += needs[at].time.as_nanos();
            if sum > deadline.as_nanos() && unreachable.is_none() {
                unreachable = Some(needs[at].provider);
            }
            at += 1;
        }
        if let Some(provider) = unreachable {
            let text = Text::new()
                .text("the providers need ")
                .duration(sum)
                .text(", but the deadline is ")
                .duration(deadline.as_nanos())
                .text(": `")
                .text(provider)
                .text("` can never be reached for a full attempt\nhelp: write a deadline of ")
                .duration(sum)
                .text(" or more, or shorter timeouts");
            panic!("{}", text.as_str());
        }
    }
}

/// Texts that are put together in const context.
mod text {
    const CAPACITY: usize = 256;

    pub(super) struct Text {
        bytes: [u8; CAPACITY],
        length: usize,
    }

    impl Text {
        pub(super) const fn new() -> Self {
            Self { bytes: [0; CAPACITY], length: 0 }
        }

        /// What does not fit is left out.
        pub(super) const fn text(mut self, text: &str) -> Self {
            let text = text.as_bytes();
            let mut at = 0;
            while at < text.len() && self.length < CAPACITY {
                self.bytes[self.length] = text[at];
                self.length += 1;
                at += 1;
            }
            self
        }

        pub(super) const fn number(self, number: u128) -> Self {
            let mut digits = [b'0'; 39];
            let mut first = digits.len();
            let mut rest = number;
            while rest > 0 || first == digits.len() {
                first -= 1;
                digits[first] = b'0' + (rest % 10) as u8;
                rest /= 10;
            }
            let (_, digits) = digits.split_at(first);
            match core::str::from_utf8(digits) {
                Ok(digits) => self.text(digits),
                Err(_) => self,
            }
        }

        /// In the largest unit that comes out even.
        pub(super) const fn duration(self, nanos: u128) -> Self {
            let (size, unit) = if nanos.is_multiple_of(1_000_000_000) {
                (1_000_000_000, "s")
            } else if nanos.is_multiple_of(1_000_000) {
                (1_000_000, "ms")
            } else if nanos.is_multiple_of(1_000) {
                (1_000, "us")
            } else {
                (1, "ns")
            };
            self.number(nanos / size).text(unit)
        }

        pub(super) const fn as_str(&self) -> &str {
            match core::str::from_utf8(self.bytes.split_at(self.length).0) {
                Ok(text) => text,
                Err(_) => "a value breaks a rule of its plan",
            }
        }
    }
}
