use std::time::Duration;

use rand::{Rng, RngExt};
use serde::Serialize;

/// The waits between the tries of one provider.
///
/// Before retry n (from 1) lies `min(max, base · factor^(n-1))`, and the jitter draws from that. The names of the
/// jitters are those of M. Brooker, "Exponential Backoff And Jitter", 2015.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Backoff {
    /// The first wait.
    #[serde(serialize_with = "crate::text::span")]
    pub base: Duration,
    /// How much longer each wait is than the one before.
    pub factor: f64,
    /// The longest wait.
    #[serde(serialize_with = "crate::text::span")]
    pub max: Duration,
    /// How a wait is drawn.
    pub jitter: Jitter,
}

/// How a wait is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Jitter {
    /// Anything from nothing to the whole wait.
    #[default]
    Full,
    /// From half of the wait to the whole.
    Equal,
    /// The whole wait.
    None,
}

impl Backoff {
    /// From 100 ms, doubling, up to 10 s, with full jitter.
    #[expect(clippy::new_without_default, reason = "the default is const")]
    pub const fn new() -> Self {
        Self { base: Duration::from_millis(100), factor: 2.0, max: Duration::from_secs(10), jitter: Jitter::Full }
    }

    /// The first wait; 100 ms unless said.
    #[must_use]
    pub const fn base(mut self, base: Duration) -> Self {
        self.base = base;
        self
    }

    /// How much longer each wait is than the one before; 2 unless said, 1 is constant.
    #[must_use]
    pub const fn factor(mut self, factor: f64) -> Self {
        self.factor = factor;
        self
    }

    /// The longest wait; no jitter exceeds it; 10 s unless said.
    #[must_use]
    pub const fn max(mut self, max: Duration) -> Self {
        self.max = max;
        self
    }

    /// How a wait is drawn: `"full"` (unless said), `"equal"` or `"none"`.
    #[must_use]
    pub const fn jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = jitter;
        self
    }

    /// The longest that the wait before retry `n` (from 1) can be.
    pub fn bound(&self, n: u32) -> Duration {
        let exponent = i32::try_from(n.saturating_sub(1)).unwrap_or(i32::MAX);
        let seconds = self.base.as_secs_f64() * self.factor.powi(exponent);
        // An overflow is infinite or not a number; both are above the maximum.
        if seconds < self.max.as_secs_f64() { Duration::from_secs_f64(seconds).min(self.max) } else { self.max }
    }

    /// The sum of the longest waits before retries 1 to `retries`.
    pub(crate) fn bound_of_all(&self, retries: u32) -> Duration {
        let mut sum = Duration::ZERO;
        for n in 1..=retries {
            let bound = self.bound(n);
            if bound == self.max || self.factor <= 1.0 {
                return sum.saturating_add(bound.saturating_mul(retries - n + 1));
            }
            sum = sum.saturating_add(bound);
        }
        sum
    }

    /// Draws the wait before retry `n` (from 1).
    pub(crate) fn draw(&self, n: u32, random: &mut impl Rng) -> Duration {
        let bound = self.bound(n);
        match self.jitter {
            Jitter::None => bound,
            Jitter::Full => random.random_range(Duration::ZERO..=bound),
            Jitter::Equal => random.random_range(bound / 2..=bound),
        }
    }
}
