//! Which clauses are there? Every one of them, once: its kind of value, where it may stand, what holds without it.

use Kind::{
    Age, Choice, Count, Duration, Expression, Flag, Nested, Number, Percent, Rate, Static, Switch, Tag, Text, Type,
};
use Place::{
    Action, Backoff, Breaker, Bulkhead, Cache, Degrade, Fallback, Healthcheck, Quota, RateLimit, Reconcile, Share,
};

use super::place::{CALLS, CLASSIFIED, LIMITS, PLANS, POLICIES, PROVIDERS, TAGGED, WHOLES};
use super::row::row;

pub(crate) use super::place::{Place, belongs};
pub(crate) use super::row::{Kind, Row, Short};

const RETRIES: Kind = Count { from: 0, to: 100_000, check: "retries" };
const IN_A_ROW: Kind = Count { from: 1, to: 1_000_000, check: "in_a_row" };
const COUNT: Kind = Count { from: 1, to: 1_000_000, check: "count" };
const BACKOFF: Kind = Nested { of: "Backoff", place: Backoff, short: Short::Never, needs: None };
const BREAKER: Kind = Nested { of: "Breaker", place: Breaker, short: Short::Bare, needs: None };
const BULKHEAD: Kind = Nested { of: "Bulkhead", place: Bulkhead, short: Short::Value, needs: Some("max") };
const RATE_LIMIT: Kind = Nested { of: "RateLimit", place: RateLimit, short: Short::Value, needs: Some("rate") };
const CACHE: Kind = Nested { of: "Cache", place: Cache, short: Short::Never, needs: Some("ttl") };

/// The clauses, in the order in which they are documented.
pub(crate) static TABLE: &[Row] = &[
    row("tag", Tag, TAGGED, r#"tag = "payment-fallback""#)
        .says("unique name among the program's plans", "the function's name in kebab-case"),
    row("app", Tag, &[Action], r#"app = "stripe""#).says("the provider's name", "the function's name in kebab-case"),
    row("name", Text, TAGGED, r#"name = "Payments""#).says("a name for people", "the tag"),
    row("description", Text, TAGGED, r#"description = "charges a card""#)
        .says("a description for people", "the first paragraph of the doc comment"),
    row("deadline", Duration, PLANS, r#"deadline = "10s""#)
        .says("bounds the whole run, waits included", "the plan's worst case"),
    row("classify", Expression, CLASSIFIED, "classify(PayError::verdict)")
        .says("`fn(&E) -> Verdict`: what an error means", "every error is `Verdict::Retry`"),
    row("deadline", Duration, WHOLES, r#"deadline = "10s""#)
        .says("bounds all steps or parts, from the call of the function on", "none"),
    row("at_most_once", Switch, PLANS, "at_most_once")
        .says("the work must not happen twice; needs `classify`", "off: attempts may repeat"),
    row("all_unhealthy", Choice { of: "AllUnhealthy", words: &["try", "fail"] }, PLANS, r#"all_unhealthy = "fail""#)
        .says("when health leaves no provider", r#"`"try"`"#),
    row("error", Type, PLANS, "error(PayError)").says(
        "the providers' error type, when the function returns its own error, which is `From<ductape::Error<Type>>`",
        "taken from the return type",
    ),
    row("total", Count { from: 1, to: 4_096_000, check: "total" }, &[Quota], "total = 100")
        .says("what the weights add up to", "100"),
    row("pick", Choice { of: "Pick", words: &["smooth", "random"] }, &[Quota], r#"pick = "random""#)
        .says(r#"`"smooth"` keeps the weights exactly, `"random"` draws"#, r#"`"smooth"`"#),
    row("sticky", Expression, &[Quota], "sticky(user.id)")
        .says("same key, same provider, while it is available", "every call is picked anew"),
    row("failover", Flag, &[Quota], "failover = false")
        .says("whether another provider is tried when the chosen one fails", "`true`"),
    row("retry_budget", Percent { of: Some("RetryBudget") }, PLANS, r#"retry_budget = "20%""#).says(
        "share of retries and hedges among calls, over 10 seconds, with a floor of 10 per second",
        r#"none; `"10%"` with a `hedge`"#,
    ),
    row("hedge", Duration, &[Fallback, Quota], r#"hedge = "200ms""#)
        .says("start the next provider beside those that are this slow; the first success wins", "off"),
    row("cache", CACHE, PLANS, r#"cache(ttl = "60s", key(user))"#)
        .says("fresh values are served without a call, old ones when the providers fail", "off"),
    row("json", Switch, PLANS, "json")
        .says("runs by tag with JSON too, in every catalogue: with the feature `catalog`, on a free function", "off"),
    row("weight", Count { from: 0, to: 64_000, check: "weight" }, &[Share], "weight = 70")
        .says("share of traffic; 0 is a drained provider", "required"),
    row("retries", RETRIES, CALLS, "retries = 2").says("tries after the first", "0"),
    row("backoff", BACKOFF, CALLS, r#"backoff(base = "100ms", max = "10s")"#)
        .says("waits between tries", r#"`backoff(base = "100ms", factor = 2, max = "10s", jitter = "full")`"#),
    row("timeout", Duration, CALLS, r#"timeout = "2s""#).says("bounds one attempt", r#"`"10s"`"#),
    row("healthcheck", Static, POLICIES, "healthcheck(stripe_health)").says("skip while it is unhealthy", "none"),
    row("when", Expression, PROVIDERS, "when(amount > 0)").says("this provider takes part only if it holds", "always"),
    row("cost", Number { from: 0.0, to: f64::MAX, check: "cost" }, PROVIDERS, "cost = 0.029")
        .says("what a call costs, in a unit of yours", "0"),
    row("breaker", BREAKER, POLICIES, r#"breaker(failures = 5, cooldown = "60s")"#)
        .says("stop calling a provider that fails; bare `breaker` opens after 5 failures in a row", "off"),
    row("bulkhead", BULKHEAD, POLICIES, "bulkhead = 10")
        .says(r#"at most so many attempts at once; or `bulkhead(max = 10, wait = "50ms")`"#, "off"),
    row("rate_limit", RATE_LIMIT, POLICIES, r#"rate_limit = "100/s""#).says(
        r#"at most so many attempts per time; or `rate_limit(rate = "100/s", burst = 20, wait = "50ms")`"#,
        "off",
    ),
    row("dependency", Static, POLICIES, "dependency(STRIPE)")
        .says("shares its state across plans; what it has is used instead of the provider's own", "none"),
    row("base", Duration, &[Backoff], r#"base = "100ms""#).says("the first wait", r#"`"100ms"`"#),
    row("factor", Number { from: 1.0, to: 1_000_000.0, check: "factor" }, &[Backoff], "factor = 2")
        .says("how much longer each wait is than the one before; 1 is constant", "2"),
    row("max", Duration, &[Backoff], r#"max = "10s""#).says("the longest wait", r#"`"10s"`"#),
    row("jitter", Choice { of: "Jitter", words: &["full", "equal", "none"] }, &[Backoff], r#"jitter = "equal""#)
        .says("how a wait is drawn: from all of it, from its upper half, not at all", r#"`"full"`"#),
    row("failures", COUNT, &[Breaker], "failures = 5").says("so many failures in a row open it", "5"),
    row("cooldown", Duration, &[Breaker], r#"cooldown = "60s""#)
        .says("how long it stays open, longer at each reopening", r#"`"60s"`; `"30s"` with a `failure_rate`"#),
    row("probes", COUNT, &[Breaker], "probes = 1").says(
        "how many attempts at once are let through after the cooldown, and how many successes in a row close it",
        "1; 3 with a `failure_rate`",
    ),
    row("failure_rate", Percent { of: None }, &[Breaker], r#"failure_rate = "50%""#)
        .says("this share of failures, or of slow calls, opens it", r#"`"50%"`"#),
    row("window", Duration, &[Breaker], r#"window = "30s""#).says("the time over which calls count", r#"`"30s"`"#),
    row("min_calls", COUNT, &[Breaker], "min_calls = 20").says("with fewer calls nothing is judged", "20"),
    row("slow_call", Duration, &[Breaker], r#"slow_call = "2s""#).says("what takes longer is slow", "no call is slow"),
    row("max", COUNT, &[Bulkhead], "max = 10").says("the most attempts at once", "required"),
    row("rate", Rate, &[RateLimit], r#"rate = "100/s""#)
        .says("how many per second, minute or hour in the long run", "required"),
    row("burst", COUNT, &[RateLimit], "burst = 20").says("how many at once", "what one second allows, at least 1"),
    row("wait", Duration, &[Bulkhead, RateLimit], r#"wait = "50ms""#)
        .says("how long an attempt waits to be let in", "not at all"),
    row("shadow", Switch, LIMITS, "shadow").says("decides and reports, but does not enforce", "off"),
    row("ttl", Age, &[Cache], r#"ttl = "60s""#).says("how long a value is fresh; up to 30 days", "required"),
    row("stale", Age, &[Cache], r#"stale = "10m""#)
        .says("how much longer it is served when the providers fail; up to 30 days", "not at all"),
    row("capacity", COUNT, &[Cache], "capacity = 10_000").says("the most values that are kept", "10 000"),
    row("key", Expression, &[Cache], "key(user)").says(
        "what a value belongs to: `Hash + Eq + Clone + Send + Sync + 'static`, or a reference to it",
        "**required** where the function has arguments",
    ),
    row("after", Duration, &[Reconcile], r#"after = "500ms""#).says("the wait before the question", "none"),
    row("timeout", Duration, &[Degrade], r#"timeout = "1s""#).says("bounds the block", r#"`"10s"`"#),
    row("tag", Tag, &[Healthcheck], r#"tag = "stripe-health""#)
        .says("unique name among the program's healthchecks", "the function's name in kebab-case"),
    row("interval", Duration, &[Healthcheck], r#"interval = "30s""#)
        .says("the time from one check to the next, give or take a tenth", "required"),
    row("retries", RETRIES, &[Healthcheck], "retries = 2").says("tries within one check after the first", "0"),
    row("timeout", Duration, &[Healthcheck], r#"timeout = "2s""#)
        .says("bounds one try", r#"the interval, at most `"5s"`"#),
    row("fall", IN_A_ROW, &[Healthcheck], "fall = 3").says("bad checks in a row that make it unhealthy", "1"),
    row("rise", IN_A_ROW, &[Healthcheck], "rise = 2").says("good checks in a row that make it healthy", "1"),
    row("env", Text, &[Healthcheck], r#"env = "prd""#)
        .says("runs only in that environment; may be repeated", "all environments")
        .repeats(),
];

/// Whether it is a clause, wherever it may stand.
pub(crate) fn is_known(name: &proc_macro2::Ident) -> bool {
    TABLE.iter().any(|row| name == row.name)
}

/// What a missing `timeout` means.
pub(crate) const DEFAULT_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

/// What missing clauses of a backoff mean.
pub(crate) const DEFAULT_BASE: std::time::Duration = std::time::Duration::from_millis(100);
pub(crate) const DEFAULT_MAX: std::time::Duration = std::time::Duration::from_secs(10);

/// What a missing `total` means.
pub(crate) const DEFAULT_TOTAL: u32 = 100;

/// How many providers a plan may have.
pub(crate) const MAX_PROVIDERS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_has_one_meaning_in_each_place() {
        for (at, row) in TABLE.iter().enumerate() {
            for other in &TABLE[at + 1..] {
                let shared = row.places.iter().any(|place| other.places.contains(place));
                assert!(row.name != other.name || !shared, "`{}` is in the table twice", row.name);
            }
        }
    }

    #[test]
    fn every_clause_is_documented() {
        for row in TABLE {
            assert!(row.example.starts_with(row.name), "{}", row.name);
            assert!(!row.doc.is_empty() && !row.default.is_empty(), "{}", row.name);
        }
    }
}
