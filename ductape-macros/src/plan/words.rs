//! How do policies read? In the words in which the runtime shows them too.

use crate::clause::{Clause, Clauses, Value, source};
use crate::literal::duration::show;
use crate::plan::validate::OF_RATE;

/// The value of a clause, for people.
pub(crate) fn value(clause: &Clause) -> String {
    match &clause.value {
        Value::Count(count) => count.to_string(),
        Value::Duration(time) => show(*time),
        Value::Rate(rate) => rate.to_string(),
        Value::Percent(percent) => percent.to_string(),
        Value::Nested(clauses) if clause.row.name == "breaker" => breaker(clauses),
        Value::Nested(clauses) if clause.row.name == "cache" => cache(clauses),
        Value::Nested(clauses) if clause.row.stands_for().is_some() => limit(clause, clauses),
        Value::Number(_) => source(&clause.tokens),
        _ => code(&source(&clause.tokens)),
    }
}

/// A code span, which a backtick inside it would end.
pub(crate) fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// `after 5 failures, open 1m`, or `at 50% of 20 or more calls in 30s failed or slower than 2s, open 30s`.
fn breaker(clauses: &Clauses) -> String {
    let said = |name: &str, default: &str| clauses.get(name).map_or_else(|| default.to_owned(), value);
    let by_rate = OF_RATE.into_iter().any(|name| clauses.has(name));
    let (trip, cooldown) = if by_rate {
        let (share, calls, window) = (said("failure_rate", "50%"), said("min_calls", "20"), said("window", "30s"));
        let slow = clauses.get("slow_call").map(|clause| format!(" failed or slower than {}", value(clause)));
        (format!("at {share} of {calls} or more calls in {window}{}", slow.unwrap_or_default()), "30s")
    } else {
        let failures = said("failures", "5");
        let noun = if failures == "1" { "failure" } else { "failures" };
        (format!("after {failures} {noun}"), "1m")
    };
    format!("{trip}, open {}{}", said("cooldown", cooldown), shadow(clauses))
}

/// `1m by `user`, stale for 10m more`.
fn cache(clauses: &Clauses) -> String {
    let said = |name: &str, before: &str, after: &str| {
        clauses.get(name).map(|clause| format!("{before}{}{after}", value(clause))).unwrap_or_default()
    };
    format!("{}{}{}", said("ttl", "", ""), said("key", " by ", ""), said("stale", ", stale for ", " more"))
}

/// `10 after up to 50ms`, or `100/s, bursts of 20 after up to 50ms`.
fn limit(clause: &Clause, clauses: &Clauses) -> String {
    let most = clause.row.stands_for().and_then(|inner| clauses.get(inner.name)).map(value).unwrap_or_default();
    let said = |name: &str, words: &str| {
        clauses.get(name).map(|clause| format!("{words} {}", value(clause))).unwrap_or_default()
    };
    format!("{most}{}{}{}", said("burst", ", bursts of"), said("wait", " after up to"), shadow(clauses))
}

fn shadow(clauses: &Clauses) -> &'static str {
    if clauses.has("shadow") { " (shadow)" } else { "" }
}
