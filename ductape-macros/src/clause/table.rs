//! Which clauses are there? Every one of them, once: its kind of value, where it may stand, what holds without it.

use Kind::{Choice, Count, Duration, Expression, Flag, Later, Nested, Number, Static, Switch, Tag, Text, Type};
use Place::{Action, Backoff, Degrade, Fallback, Healthcheck, Primary, Quota, Reconcile, Share, Tier};

/// A clause.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) places: &'static [Place],
    /// The clause as somebody would write it.
    pub(crate) example: &'static str,
    pub(crate) default: &'static str,
    pub(crate) doc: &'static str,
    /// May be given several times.
    pub(crate) repeats: bool,
}

/// The kind of value that a clause takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text,
    Tag,
    Duration,
    /// A whole number; `check` is the check of one that only the compiler knows.
    Count {
        from: u32,
        to: u32,
        check: &'static str,
    },
    /// A whole number or a fraction.
    Number {
        from: f64,
        to: f64,
        check: &'static str,
    },
    Flag,
    Switch,
    /// One of some words, each a variant of the type `of`.
    Choice {
        of: &'static str,
        words: &'static [&'static str],
    },
    /// The path of a static.
    Static,
    /// An expression that is evaluated by the run.
    Expression,
    Type,
    /// Clauses of its own.
    Nested(Place),
    /// Not in this version.
    Later,
}

/// Where clauses can stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Fallback,
    Quota,
    Action,
    /// A provider of a fallback.
    Primary,
    /// A provider of a quota with a share of its traffic.
    Share,
    /// A provider of a quota's fallback tier.
    Tier,
    Reconcile,
    Degrade,
    Healthcheck,
    /// Inside `backoff(…)`.
    Backoff,
}

const PLANS: &[Place] = &[Fallback, Quota, Action];
const PROVIDERS: &[Place] = &[Primary, Share, Tier];
/// On a provider, or on a plan for every provider that does not say it itself.
const POLICIES: &[Place] = &[Primary, Share, Tier, Fallback, Quota, Action];

const fn row(name: &'static str, kind: Kind, places: &'static [Place], example: &'static str) -> Row {
    Row { name, kind, places, example, default: "", doc: "", repeats: false }
}

impl Row {
    const fn says(mut self, doc: &'static str, default: &'static str) -> Self {
        self.doc = doc;
        self.default = default;
        self
    }

    const fn repeats(mut self) -> Self {
        self.repeats = true;
        self
    }

    /// Whether a plan's clause is the default of its providers.
    pub(crate) fn is_policy(&self) -> bool {
        self.places.contains(&Primary) && self.places.contains(&Fallback)
    }

    pub(crate) fn is_later(&self) -> bool {
        matches!(self.kind, Later)
    }
}

const RETRIES: Kind = Count { from: 0, to: 100_000, check: "retries" };
const IN_A_ROW: Kind = Count { from: 1, to: 1_000_000, check: "in_a_row" };

/// The clauses, in the order in which they are documented.
pub(crate) static TABLE: &[Row] = &[
    row("tag", Tag, PLANS, r#"tag = "payment-fallback""#)
        .says("unique name among the program's plans", "the function's name in kebab-case"),
    row("app", Tag, &[Action], r#"app = "stripe""#).says("the provider's name", "the function's name in kebab-case"),
    row("name", Text, PLANS, r#"name = "Payments""#).says("a name for people", "the tag"),
    row("description", Text, PLANS, r#"description = "charges a card""#)
        .says("a description for people", "the first paragraph of the doc comment"),
    row("deadline", Duration, PLANS, r#"deadline = "10s""#)
        .says("bounds the whole run, waits included", "the plan's worst case"),
    row("classify", Expression, PLANS, "classify(PayError::verdict)")
        .says("`fn(&E) -> Verdict`: what an error means", "every error is `Verdict::Retry`"),
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
    row("retry_budget", Later, PLANS, ""),
    row("hedge", Later, PLANS, ""),
    row("cache", Later, PLANS, ""),
    row("weight", Count { from: 0, to: 64_000, check: "weight" }, &[Share], "weight = 70")
        .says("share of traffic; 0 is a drained provider", "required"),
    row("retries", RETRIES, POLICIES, "retries = 2").says("tries after the first", "0"),
    row("backoff", Nested(Backoff), POLICIES, r#"backoff(base = "100ms", max = "10s")"#)
        .says("waits between tries", r#"`backoff(base = "100ms", factor = 2, max = "10s", jitter = "full")`"#),
    row("timeout", Duration, POLICIES, r#"timeout = "2s""#).says("bounds one attempt", r#"`"10s"`"#),
    row("healthcheck", Static, POLICIES, "healthcheck(stripe_health)").says("skip while it is unhealthy", "none"),
    row("when", Expression, PROVIDERS, "when(amount > 0)").says("this provider takes part only if it holds", "always"),
    row("cost", Number { from: 0.0, to: f64::MAX, check: "cost" }, PROVIDERS, "cost = 0.029")
        .says("what a call costs, in a unit of yours", "0"),
    row("breaker", Later, POLICIES, ""),
    row("bulkhead", Later, POLICIES, ""),
    row("rate_limit", Later, POLICIES, ""),
    row("shadow", Later, POLICIES, ""),
    row("dependency", Later, POLICIES, ""),
    row("base", Duration, &[Backoff], r#"base = "100ms""#).says("the first wait", r#"`"100ms"`"#),
    row("factor", Number { from: 1.0, to: 1_000_000.0, check: "factor" }, &[Backoff], "factor = 2")
        .says("how much longer each wait is than the one before; 1 is constant", "2"),
    row("max", Duration, &[Backoff], r#"max = "10s""#).says("the longest wait", r#"`"10s"`"#),
    row("jitter", Choice { of: "Jitter", words: &["full", "equal", "none"] }, &[Backoff], r#"jitter = "equal""#)
        .says("how a wait is drawn: from all of it, from its upper half, not at all", r#"`"full"`"#),
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

impl Place {
    /// The clauses that may stand here.
    pub(crate) fn rows(self) -> impl Iterator<Item = &'static Row> {
        TABLE.iter().filter(move |row| row.places.contains(&self))
    }

    /// For messages: what stands there.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Fallback => "a `#[fallback]` function",
            Quota => "a `#[quota]` function",
            Action => "an `#[action]`",
            Primary => "a provider of a fallback",
            Share => "a `#[provider]` of a `#[quota]`",
            Tier => "a `#[fallback]` block of a quota",
            Reconcile => "a `#[reconcile]` block",
            Degrade => "a `#[degrade]` block",
            Healthcheck => "a `#[healthcheck]`",
            Backoff => "a `backoff(…)`",
        }
    }
}

impl Row {
    /// For messages: where the clause may stand.
    pub(crate) fn belongs(&self) -> String {
        let all = |places: &[Place]| places.iter().all(|place| self.places.contains(place));
        let mut nouns = Vec::new();
        if all(PROVIDERS) {
            nouns.push("a provider");
        }
        if all(PLANS) {
            nouns.push("a plan");
        }
        if nouns.is_empty() {
            nouns.extend(self.places.iter().map(|place| place.noun()));
        }
        nouns.join(" or ")
    }
}

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
    fn every_clause_of_this_version_is_documented() {
        for row in TABLE.iter().filter(|row| !row.is_later()) {
            assert!(row.example.starts_with(row.name), "{}", row.name);
            assert!(!row.doc.is_empty() && !row.default.is_empty(), "{}", row.name);
        }
    }
}
