use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Origin;
use super::tree::{Entries, Entry, Value, merge};
use crate::engine::{Breaker, Bulkhead, Percent, Rate, RateLimit};
use crate::plan::{AllUnhealthy, Backoff, Jitter, Pick, Policy};
use crate::text::Span;

/// What is to change in a running plan: serde data, or put together clause by clause.
///
/// As data it is a table of clauses in their own notation, with the plan's providers under `providers`. A provider's
/// clause that stands on the plan's level is for all its providers, but those to which the patch gives their own. What
/// is `null` is taken back: the value from below is in force again. Nothing is judged before
/// [`PlanHandle::update`](crate::PlanHandle::update), which then names everything that is wrong.
///
/// ```
/// # extern crate ductape_runtime as ductape;
/// use std::time::Duration;
/// use ductape::{Patch, Policy};
///
/// let read: Patch = serde_json::from_str(
///     r#"{"deadline": "5s", "providers": {"twilio": {"weight": 50, "breaker": {"enabled": false}}, "nexmo": {"weight": 50}}}"#,
/// )?;
/// let built = Patch::new()
///     .deadline(Duration::from_secs(5))
///     .provider("twilio", Patch::new().weight(50).off(Policy::Breaker))
///     .provider("nexmo", Patch::new().weight(50));
/// assert_eq!(read, built);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use = "a patch does nothing before it is given to `update`"]
pub struct Patch(pub(crate) Vec<Entry>);

impl Patch {
    /// One that changes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// With another name for a provider.
    pub(crate) fn renamed(mut self, from: &str, to: &str) -> Self {
        for entry in self.0.iter_mut().filter(|entry| entry.key == "providers") {
            let Value::Table(providers) = &mut entry.value else { continue };
            if let Some(at) = providers.iter().position(|provider| provider.key == *from) {
                let renamed = Entry { key: to.to_owned(), ..providers.remove(at) };
                merge(providers, vec![renamed]);
            }
        }
        self
    }

    /// All of it comes from there.
    pub(crate) fn come_from(&mut self, origin: &Origin) {
        fn all(entries: &mut [Entry], origin: &Origin) {
            for entry in entries {
                entry.origin = origin.clone();
                if let Value::Table(inner) = &mut entry.value {
                    all(inner, origin);
                }
            }
        }
        all(&mut self.0, origin);
    }

    fn with(self, key: &str, value: Value) -> Self {
        self.over(Entry::new(key, value))
    }

    fn over(mut self, entry: Entry) -> Self {
        merge(&mut self.0, vec![entry]);
        self
    }

    fn text<T: Copy + ToString>(self, key: &str, text: T) -> Self {
        self.with(key, Value::Text(text.to_string()))
    }

    fn count(self, key: &str, count: u32) -> Self {
        self.with(key, Value::Integer(count.into()))
    }

    fn duration(self, key: &str, duration: Duration) -> Self {
        self.text(key, Exact(duration))
    }

    fn flag(self, key: &str, flag: bool) -> Self {
        self.with(key, Value::Flag(flag))
    }

    fn number(self, key: &str, number: f64) -> Self {
        self.with(key, Value::Float(number))
    }

    fn table(self, key: &str, table: Self) -> Self {
        self.with(key, Value::Table(table.0))
    }
}

/// Clauses of plans.
impl Patch {
    /// What is to change for one provider.
    pub fn provider(self, name: &str, patch: Self) -> Self {
        let providers = Self::new().table(name, patch);
        self.table("providers", providers)
    }

    /// Bounds the whole run.
    pub fn deadline(self, deadline: Duration) -> Self {
        self.duration("deadline", deadline)
    }

    /// What happens when health leaves no provider.
    pub fn all_unhealthy(self, all_unhealthy: AllUnhealthy) -> Self {
        self.text("all_unhealthy", all_unhealthy)
    }

    /// What the weights add up to.
    pub fn total(self, total: u32) -> Self {
        self.count("total", total)
    }

    /// How a quota picks a provider.
    pub fn pick(self, pick: Pick) -> Self {
        self.text("pick", pick)
    }

    /// Whether another provider is tried when the chosen one fails.
    pub fn failover(self, failover: bool) -> Self {
        self.flag("failover", failover)
    }

    /// The share of retries among calls.
    pub fn retry_budget(self, share: Percent) -> Self {
        self.table("retry_budget", Self::new().text("share", share))
    }

    /// Starts the next provider beside one that has not answered after this time.
    pub fn hedge(self, delay: Duration) -> Self {
        self.table("hedge", Self::new().duration("delay", delay))
    }

    /// How long values of the cache are fresh.
    pub fn cache_ttl(self, ttl: Duration) -> Self {
        self.table("cache", Self::new().duration("ttl", ttl))
    }

    /// How much longer values of the cache are served when the providers fail.
    pub fn cache_stale(self, stale: Duration) -> Self {
        self.table("cache", Self::new().duration("stale", stale))
    }

    /// The most values that the cache keeps.
    pub fn cache_capacity(self, capacity: u32) -> Self {
        self.table("cache", Self::new().count("capacity", capacity))
    }

    /// Bounds the `#[degrade]` block.
    pub fn degrade_timeout(self, timeout: Duration) -> Self {
        self.table("degrade", Self::new().duration("timeout", timeout))
    }
}

/// Clauses of providers; on a plan, for all its providers.
impl Patch {
    /// The share of a quota's traffic; 0 is a drained provider.
    pub fn weight(self, weight: u32) -> Self {
        self.count("weight", weight)
    }

    /// Tries after the first.
    pub fn retries(self, retries: u32) -> Self {
        self.count("retries", retries)
    }

    /// Waits between tries.
    pub fn backoff(self, backoff: Backoff) -> Self {
        let Backoff { base, factor, max, jitter } = backoff;
        let patch = Self::new().duration("base", base).number("factor", factor).duration("max", max);
        self.table("backoff", patch.text("jitter", jitter))
    }

    /// Draws the waits between tries another way.
    pub fn jitter(self, jitter: Jitter) -> Self {
        self.table("backoff", Self::new().text("jitter", jitter))
    }

    /// Bounds one attempt.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.duration("timeout", timeout)
    }

    /// What a call costs.
    pub fn cost(self, cost: f64) -> Self {
        self.number("cost", cost)
    }

    /// The breaker's clauses: those that are said.
    pub fn breaker(self, breaker: Breaker) -> Self {
        let said = breaker.said();
        let count = |patch: Self, key, count: Option<u32>| match count {
            Some(count) => patch.count(key, count),
            None => patch,
        };
        let time = |patch: Self, key, time: Option<Duration>| match time {
            Some(time) => patch.duration(key, time),
            None => patch,
        };
        let mut patch = Self::new();
        if let Some(rate) = said.rate {
            patch = patch.text("failure_rate", rate.failure_rate).duration("window", rate.window);
            patch = time(patch.count("min_calls", rate.min_calls), "slow_call", rate.slow_call);
        }
        patch = count(patch, "failures", said.failures);
        patch = count(time(patch, "cooldown", said.cooldown), "probes", said.probes);
        self.table("breaker", patch.flag("shadow", breaker.is_shadow()))
    }

    /// At most so many attempts at once.
    pub fn bulkhead(self, bulkhead: Bulkhead) -> Self {
        let patch = Self::new().count("max", bulkhead.max).waiting(bulkhead.wait);
        self.table("bulkhead", patch.flag("shadow", bulkhead.shadow))
    }

    /// At most so many attempts per time.
    pub fn rate_limit(self, rate_limit: RateLimit) -> Self {
        let RateLimit { rate, burst, wait, shadow } = rate_limit;
        let patch = Self::new().text("rate", rate);
        let patch = if let Some(burst) = burst { patch.count("burst", burst) } else { patch };
        self.table("rate_limit", patch.waiting(wait).flag("shadow", shadow))
    }

    /// Another rate, and nothing else of the rate limit.
    pub fn rate(self, rate: Rate) -> Self {
        self.table("rate_limit", Self::new().text("rate", rate))
    }

    fn waiting(self, wait: Duration) -> Self {
        if wait.is_zero() { self } else { self.duration("wait", wait) }
    }

    /// Switches a policy off: for the provider, or for all of the plan.
    pub fn off(self, policy: Policy) -> Self {
        self.table(policy.as_str(), Self::new().flag("enabled", false))
    }

    /// Switches a policy on again.
    pub fn on(self, policy: Policy) -> Self {
        self.table(policy.as_str(), Self::new().flag("enabled", true))
    }
}

/// A duration that reads back as exactly that.
#[derive(Clone, Copy)]
struct Exact(Duration);

impl std::fmt::Display for Exact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let nanos = self.0.as_nanos();
        if nanos == 0 || nanos.is_multiple_of(1_000_000) {
            return Span(self.0).fmt(f);
        }
        let (whole, part) = (nanos / 1_000, nanos % 1_000);
        if part == 0 { write!(f, "{whole}us") } else { write!(f, "{whole}.{part:03}us") }
    }
}

impl Serialize for Patch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Entries(&self.0).serialize(serializer)
    }
}

/// Anything that is a table is a patch; what is wrong with it is told by
/// [`PlanHandle::update`](crate::PlanHandle::update), all together.
impl<'de> Deserialize<'de> for Patch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Table(entries) => Ok(Self(entries)),
            other => Err(serde::de::Error::custom(format_args!("a patch is a table of clauses, not {other}"))),
        }
    }
}
