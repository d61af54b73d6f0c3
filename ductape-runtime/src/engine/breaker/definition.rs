use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use serde::Serialize;

use super::Percent;
use crate::text::Span;

/// When a provider is no longer called, for how long, and what it takes to call it again.
///
/// There are two forms. Without a clause of the second one, failures in a row open the breaker.
///
/// | clause | form | default |
/// |---|---|---|
/// | `failures` | 1 | 5 |
/// | `failure_rate` | 2 | 50 % |
/// | `window` | 2 | 30 s |
/// | `min_calls` | 2 | 20 |
/// | `slow_call` | 2 | no call is slow |
/// | `cooldown` | both | 60 s in form 1, 30 s in form 2 |
/// | `probes` | both | 1 in form 1, 3 in form 2 |
/// | `shadow` | both | off |
///
/// ```
/// # extern crate ductape_runtime as ductape;
/// use std::time::Duration;
/// use ductape::{Breaker, Percent};
///
/// const SEVERE: Breaker = Breaker::new().failures(3).cooldown(Duration::from_secs(10));
/// const LENIENT: Breaker = Breaker::new().failure_rate(Percent::of(80)).slow_call(Duration::from_secs(2));
/// # assert!(SEVERE.faults().iter().chain(&LENIENT.faults()).all(Option::is_none));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "Clauses")]
pub struct Breaker {
    failures: Option<u32>,
    rate: Option<TripRate>,
    cooldown: Option<Duration>,
    probes: Option<u32>,
    shadow: bool,
}

/// What was said of a breaker, in the clauses of its attribute or since.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said {
    pub(crate) failures: Option<u32>,
    pub(crate) rate: Option<TripRate>,
    pub(crate) cooldown: Option<Duration>,
    pub(crate) probes: Option<u32>,
}

/// What opens a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Trip {
    /// Form 1: so many failures in a row.
    InARow {
        /// How many.
        failures: u32,
    },
    /// Form 2: a share of the calls over a time.
    Rate(TripRate),
}

/// Which share of the calls opens a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TripRate {
    /// The share that opens it: of failures, or of slow calls.
    pub failure_rate: Percent,
    /// The time over which calls count.
    #[serde(serialize_with = "crate::text::span")]
    pub window: Duration,
    /// With fewer calls than this nothing is judged.
    pub min_calls: u32,
    /// What takes longer is slow.
    #[serde(serialize_with = "crate::text::span_option")]
    pub slow_call: Option<Duration>,
}

/// No doubling makes a cooldown longer than this.
const LONGEST_COOLDOWN: Duration = Duration::from_secs(5 * 60);
/// No doubling makes a cooldown more times as long as this.
const MOST_COOLDOWNS: u32 = 10;

/// The clauses, as const builder methods.
impl Breaker {
    /// Opens after 5 failures in a row, for 60 s, and closes after one successful probe.
    #[expect(clippy::new_without_default, reason = "the default is const")]
    pub const fn new() -> Self {
        Self { failures: None, rate: None, cooldown: None, probes: None, shadow: false }
    }

    /// So many failures in a row open it; 5 unless said.
    #[must_use]
    pub const fn failures(mut self, failures: u32) -> Self {
        self.failures = Some(failures);
        self
    }

    /// This share of failures within `window` opens it, and so does this share of slow calls; `"50%"` unless said.
    #[must_use]
    pub const fn failure_rate(mut self, failure_rate: Percent) -> Self {
        self.rate = Some(TripRate { failure_rate, ..self.rate_so_far() });
        self
    }

    /// The time over which calls count; 30 s unless said.
    #[must_use]
    pub const fn window(mut self, window: Duration) -> Self {
        self.rate = Some(TripRate { window, ..self.rate_so_far() });
        self
    }

    /// With fewer calls than this within `window` nothing is judged; 20 unless said.
    #[must_use]
    pub const fn min_calls(mut self, min_calls: u32) -> Self {
        self.rate = Some(TripRate { min_calls, ..self.rate_so_far() });
        self
    }

    /// What takes longer is slow, and too many slow calls open it as failures do; no call is slow unless said.
    #[must_use]
    pub const fn slow_call(mut self, slow_call: Duration) -> Self {
        self.rate = Some(TripRate { slow_call: Some(slow_call), ..self.rate_so_far() });
        self
    }

    /// How long it stays open, doubled at each reopening up to 10 times and 5 minutes; 60 s, or 30 s with a
    /// `failure_rate`, unless said.
    #[must_use]
    pub const fn cooldown(mut self, cooldown: Duration) -> Self {
        self.cooldown = Some(cooldown);
        self
    }

    /// After the cooldown at most so many attempts at once are let through, and so many successes in a row close it;
    /// 1, or 3 with a `failure_rate`, unless said.
    #[must_use]
    pub const fn probes(mut self, probes: u32) -> Self {
        self.probes = Some(probes);
        self
    }

    /// Decides and reports, but refuses nothing.
    #[must_use]
    pub const fn shadow(mut self) -> Self {
        self.shadow = true;
        self
    }

    const fn rate_so_far(&self) -> TripRate {
        match self.rate {
            Some(rate) => rate,
            None => TripRate {
                failure_rate: Percent::of(50),
                window: Duration::from_secs(30),
                min_calls: 20,
                slow_call: None,
            },
        }
    }
}

/// How a definition changes while it is in force.
impl Breaker {
    pub(crate) const fn said(&self) -> Said {
        Said { failures: self.failures, rate: self.rate, cooldown: self.cooldown, probes: self.probes }
    }

    /// In form 1, whatever its form was.
    pub(crate) const fn in_a_row(mut self) -> Self {
        self.rate = None;
        self
    }

    /// In form 2, whatever its form was.
    pub(crate) const fn by_rate(mut self) -> Self {
        self.failures = None;
        self
    }

    pub(crate) const fn shadowed(mut self, shadow: bool) -> Self {
        self.shadow = shadow;
        self
    }
}

/// What the clauses come to.
impl Breaker {
    /// What opens it.
    pub const fn trip(&self) -> Trip {
        match (self.rate, self.failures) {
            (Some(rate), _) => Trip::Rate(rate),
            (None, Some(failures)) => Trip::InARow { failures },
            (None, None) => Trip::InARow { failures: 5 },
        }
    }

    /// How long it is open the first time.
    pub const fn first_cooldown(&self) -> Duration {
        match (self.cooldown, self.rate) {
            (Some(cooldown), _) => cooldown,
            (None, Some(_)) => Duration::from_secs(30),
            (None, None) => Duration::from_secs(60),
        }
    }

    /// How many attempts at once are let through after the cooldown, and how many successes in a row close it.
    pub const fn most_probes(&self) -> u32 {
        match (self.probes, self.rate) {
            (Some(probes), _) => probes,
            (None, Some(_)) => 3,
            (None, None) => 1,
        }
    }

    /// Whether it refuses nothing.
    pub const fn is_shadow(&self) -> bool {
        self.shadow
    }

    /// How long it is open after so many reopenings without a close between (R61).
    pub(super) fn cooldown_after(&self, reopenings: u32) -> Duration {
        let first = self.first_cooldown();
        let longest = first.saturating_mul(MOST_COOLDOWNS).min(LONGEST_COOLDOWN).max(first);
        first.saturating_mul(2_u32.saturating_pow(reopenings)).min(longest)
    }

    /// Every rule that it breaks.
    pub const fn faults(&self) -> [Option<&'static str>; 7] {
        const fn unless(holds: bool, rule: &'static str) -> Option<&'static str> {
            if holds { None } else { Some(rule) }
        }
        const fn counts(number: u32) -> bool {
            number >= 1 && number <= 1_000_000
        }
        const fn lasts(time: Duration) -> bool {
            time.as_nanos() >= 1_000 && time.as_nanos() <= 24 * 60 * 60 * 1_000_000_000
        }
        let rate = self.rate_so_far();
        let failures = match (self.failures, self.rate) {
            (Some(_), Some(_)) => Some("`failures` does not go with a `failure_rate` and what belongs to it"),
            (Some(failures), None) => unless(counts(failures), "`failures` must be from 1 to 1000000"),
            (None, _) => None,
        };
        let slow_call = match rate.slow_call {
            Some(slow_call) => unless(lasts(slow_call), "`slow_call` must be from 1us to 24h"),
            None => None,
        };
        [
            failures,
            unless(rate.failure_rate.is_share(), "`failure_rate` must be more than 0% and at most 100%"),
            unless(lasts(rate.window), "`window` must be from 1us to 24h"),
            unless(counts(rate.min_calls), "`min_calls` must be from 1 to 1000000"),
            slow_call,
            unless(lasts(self.first_cooldown()), "`cooldown` must be from 1us to 24h"),
            unless(counts(self.most_probes()), "`probes` must be from 1 to 1000000"),
        ]
    }
}

/// A breaker as data: each clause of its form, with its default where nothing was said.
#[derive(Serialize)]
struct Clauses {
    #[serde(flatten)]
    trip: Trip,
    #[serde(serialize_with = "crate::text::span")]
    cooldown: Duration,
    probes: u32,
    shadow: bool,
}

impl From<Breaker> for Clauses {
    fn from(breaker: Breaker) -> Self {
        Self {
            trip: breaker.trip(),
            cooldown: breaker.first_cooldown(),
            probes: breaker.most_probes(),
            shadow: breaker.shadow,
        }
    }
}

impl Display for Breaker {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.trip() {
            Trip::InARow { failures: 1 } => f.write_str("breaker after 1 failure")?,
            Trip::InARow { failures } => write!(f, "breaker after {failures} failures")?,
            Trip::Rate(TripRate { failure_rate, window, min_calls, slow_call }) => {
                write!(f, "breaker at {failure_rate} of {min_calls} or more calls in {}", Span(window))?;
                if let Some(slow_call) = slow_call {
                    write!(f, " failed or slower than {}", Span(slow_call))?;
                }
            }
        }
        write!(f, ", open {}", Span(self.first_cooldown()))?;
        f.write_str(if self.shadow { " (shadow)" } else { "" })
    }
}
