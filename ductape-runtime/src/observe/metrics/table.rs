//! Every metric there is: what the code registers, and what the documentation shows.

use metrics::Unit;

/// A metric, of which there is a series for each combination of its labels.
#[derive(Debug)]
pub(super) struct Metric {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) unit: Unit,
    pub(super) labels: &'static [&'static str],
    pub(super) help: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Counter,
    Gauge,
    Histogram,
}

macro_rules! metrics {
    ($($id:ident: $name:literal $kind:ident in $unit:ident by $($label:literal),+; $help:literal)+) => {
        $(pub(super) const $id: Metric = Metric {
            name: $name,
            kind: Kind::$kind,
            unit: Unit::$unit,
            labels: &[$($label),+],
            help: $help,
        };)+

        /// In the order of the documentation.
        pub(super) const ALL: &[Metric] = &[$($id),+];
    };
}

metrics! {
    RUNS: "ductape_runs_total" Counter in Count by "plan", "outcome";
        "runs that ended, by how: `served`, `cached`, `stale`, `degraded`, `exhausted`, `aborted`, \
         `deadline`, `ambiguous`, `panicked`, `dropped`"
    RUN_DURATION: "ductape_run_duration_seconds" Histogram in Seconds by "plan";
        "how long runs took that a provider served"
    RUNS_IN_FLIGHT: "ductape_runs_in_flight" Gauge in Count by "plan";
        "runs under way"
    ATTEMPTS: "ductape_attempts_total" Counter in Count by "plan", "provider", "outcome";
        "attempts that ended, by how: `served`, `failed`, `timed_out`, `throttled`, `aborted`, `panicked`, `dropped`"
    ATTEMPT_DURATION: "ductape_attempt_duration_seconds" Histogram in Seconds by "plan", "provider";
        "how long attempts took that succeeded"
    ATTEMPTS_IN_FLIGHT: "ductape_attempts_in_flight" Gauge in Count by "plan", "provider";
        "attempts under way"
    RETRIES: "ductape_retries_total" Counter in Count by "plan", "provider";
        "attempts after the first of a turn"
    FAILOVERS: "ductape_failovers_total" Counter in Count by "plan", "provider";
        "turns after that of another provider had failed"
    HEDGES: "ductape_hedges_total" Counter in Count by "plan", "provider";
        "turns beside those of other providers, since these were slow"
    MASKED: "ductape_masked_failures_total" Counter in Count by "plan", "provider";
        "runs in which the provider was the first that failed or was refused, and another one served"
    SKIPS: "ductape_skips_total" Counter in Count by "plan", "provider", "reason";
        "refusals, by their reason: `cordoned`, `when`, `unhealthy`, `breaker_open`, `bulkhead_full`, \
         `rate_limited`, `throttled`, `over_budget`, `no_time`"
    SHADOWED: "ductape_shadowed_total" Counter in Count by "plan", "provider", "reason";
        "attempts let in against a policy in shadow or forced: `breaker`, `bulkhead`, `rate_limit`"
    COST: "ductape_cost" Gauge in Count by "plan", "provider";
        "the sum of the cost of all attempts, in the unit of the cost clause"
    BREAKER_STATE: "ductape_breaker_state" Gauge in Count by "plan", "provider";
        "where the breaker stands: 0 closed, 1 half-open, 2 open"
    BREAKER_CHANGES: "ductape_breaker_changes_total" Counter in Count by "plan", "provider", "outcome";
        "changes of the breaker, by where it stood then: `closed`, `half_open`, `open`"
    DEPENDENCY_BREAKER_STATE: "ductape_dependency_breaker_state" Gauge in Count by "dependency";
        "the same, of a breaker that the providers of several plans share"
    DEPENDENCY_BREAKER_CHANGES: "ductape_dependency_breaker_changes_total" Counter in Count by "dependency", "outcome";
        "the same, of a breaker that the providers of several plans share"
    HEALTHY: "ductape_healthy" Gauge in Count by "healthcheck";
        "0 when the last checks were bad, else 1"
}

#[cfg(all(test, not(loom_models)))]
mod tests {
    use std::fmt::Write;
    use std::fs;

    use super::*;

    /// As `guide::metrics` and the README show it.
    fn documented() -> String {
        let mut table = String::from("| metric | kind | labels | is |\n|---|---|---|---|\n");
        for metric in ALL {
            let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
            let kind = format!("{:?}", metric.kind).to_lowercase();
            let unit = if metric.unit == Unit::Seconds { ", in seconds" } else { "" };
            let _ = writeln!(table, "| `{}` | {kind}{unit} | {} | {} |", metric.name, labels.join(", "), metric.help);
        }
        table
    }

    #[test]
    fn r93_the_documentation_shows_this_table() {
        const BEGIN: &str = "<!-- metrics -->\n";
        const END: &str = "<!-- /metrics -->";
        for path in ["docs/metrics.md", "../README.md"] {
            let text = fs::read_to_string(path).expect("it stands there");
            let (head, rest) = text.split_once(BEGIN).expect("it has a place for the table");
            let (_, tail) = rest.split_once(END).expect("and an end of that place");
            let expected = format!("{head}{BEGIN}\n{}\n{END}{tail}", documented());
            if std::env::var_os("BLESS").is_some() {
                fs::write(path, &expected).expect("it can be written");
            } else {
                assert!(text == expected, "`BLESS=1 cargo test -p ductape-runtime --features metrics` writes {path}");
            }
        }
    }

    #[test]
    fn r93_names_follow_the_conventions_of_prometheus() {
        for metric in ALL {
            assert!(metric.name.starts_with("ductape_"));
            assert_eq!(metric.name.ends_with("_total"), metric.kind == Kind::Counter, "{}", metric.name);
            assert_eq!(metric.name.ends_with("_seconds"), metric.unit == Unit::Seconds, "{}", metric.name);
        }
    }
}
