//! What is said of a fault: each with the form that would have been right.

use proc_macro2::{TokenStream, TokenTree};

use super::{divide, expand};

/// The messages about a definition.
pub(super) fn messages(definition: &str) -> Vec<String> {
    let (attribute, arguments, item) = divide(definition.parse().expect("tokens")).expect("an attribute");
    let mut messages = Vec::new();
    find(expand(&attribute, arguments, item).expect("one of ours"), &mut messages);
    messages
}

fn find(tokens: TokenStream, messages: &mut Vec<String>) {
    let mut in_error = false;
    for tree in tokens {
        match tree {
            TokenTree::Ident(word) => in_error = word == "compile_error",
            TokenTree::Group(group) if in_error => {
                let text: syn::LitStr = syn::parse2(group.stream()).expect("an error is a text");
                messages.push(text.value());
                in_error = false;
            }
            TokenTree::Group(group) => find(group.stream(), messages),
            _ => {}
        }
    }
}

/// Exactly one message, which says both.
pub(super) fn says(definition: &str, message: &str, help: &str) {
    let said = messages(definition);
    let [said] = said.as_slice() else { panic!("{definition}\n{said:#?}") };
    let (what, how) = said.split_once("\nhelp: ").expect("a message has a help");
    assert!(what.contains(message), "{definition}\n{what}");
    assert!(how.contains(help) && !how.contains('\n'), "{definition}\n{how}");
}

pub(super) const HEAD: &str = "async fn f() -> ductape::Result<u8, String>";

pub(super) fn provider(clause: &str) -> String {
    format!("#[fallback] {HEAD} {{ #[primary(\"a\", {clause})] {{ A }} #[fallback(\"b\")] {{ B }} }}")
}

pub(super) fn fallback(clause: &str) -> String {
    format!("#[fallback({clause})] {HEAD} {{ #[primary(\"a\")] {{ A }} #[fallback(\"b\")] {{ B }} }}")
}

#[test]
fn a_value_in_the_wrong_form_is_shown_in_the_right_one() {
    for (clause, right) in [
        ("retries = \"2\"", "`retries = 2`"),
        ("retries = MAX", "`retries(MAX)`"),
        ("retries = limits::MAX", "`retries(limits::MAX)`"),
        ("retries(2)", "`retries = 2`"),
        ("retries", "`retries = 2`"),
        ("retries = ", "`retries = 2`"),
        ("retries = 2u8", "`retries = 2`"),
        ("retries = 1.5", "`retries = 2`"),
        ("timeout = 5", "`timeout = \"5s\"`"),
        ("timeout = 1.5", "`timeout = \"1.5s\"`"),
        ("timeout = 500ms", "`timeout = \"500ms\"`"),
        ("timeout(5m)", "`timeout = \"5m\"`"),
        ("timeout = 5min", "`timeout = \"5m\"`"),
        ("timeout = 5parsecs", "`timeout = \"2s\"`"),
        ("timeout = -5", "`timeout = \"2s\"`"),
        ("timeout = 0", "`timeout = \"2s\"`"),
        ("retries = \"-2\"", "`retries = 2`"),
        ("retries = self.max", "`retries = 2`"),
        ("when = \"x > 1\"", "`when(x > 1)`"),
        ("when = 5", "`when(amount > 0)`"),
        ("timeout = \"5\"", "`timeout = \"5s\"`"),
        ("timeout(\"2s\")", "`timeout = \"2s\"`"),
        ("timeout = LIMIT", "`timeout(LIMIT)`"),
        ("healthcheck = stripe_health", "`healthcheck(stripe_health)`"),
        ("healthcheck = \"stripe_health\"", "`healthcheck(stripe_health)`"),
        ("healthcheck(\"net::health\")", "`healthcheck(net::health)`"),
        ("healthcheck", "`healthcheck(stripe_health)`"),
        ("when = ready && x > 1", "`when(ready && x > 1)`"),
        ("when = true", "`when(true)`"),
        ("cost = \"0.5\"", "`cost = 0.5`"),
        ("cost(0.5)", "`cost = 0.5`"),
        ("backoff", "`backoff(base = "),
        ("backoff = \"1s\"", "`backoff(base = \"1s\")`"),
        ("backoff()", "`backoff(base = "),
        ("retries = 1, backoff(jitter = equal)", "`jitter = \"equal\"`"),
        ("retries = 1, backoff(\"1s\")", "`backoff(base = \"1s\")`"),
        ("retries = 1, backoff = \"full\"", "`backoff(jitter = \"full\")`"),
        ("breaker = 5", "`breaker(failures = 5)`"),
        ("breaker = \"5\"", "`breaker(failures = 5)`"),
        ("breaker(5)", "`breaker(failures = 5)`"),
        ("breaker = \"60s\"", "`breaker(cooldown = \"60s\")`"),
        ("breaker = \"50%\"", "`breaker(failure_rate = \"50%\")`"),
        ("breaker = MAX", "`breaker(failures(MAX))`"),
        ("breaker(limits::MAX)", "`breaker(failures(limits::MAX))`"),
        ("breaker = true", "`breaker`"),
        ("breaker = false", "leave `breaker` out"),
        ("breaker = 0", "`breaker(failures = 5, cooldown"),
        ("breaker()", "`breaker(failures = 5, cooldown"),
        ("breaker(failures = \"5\")", "`failures = 5`"),
        ("breaker(failures)", "`failures = 5`"),
        ("breaker(cooldown = 60)", "`cooldown = \"60s\"`"),
        ("breaker(failure_rate = 50)", "`failure_rate = \"50%\"`"),
        ("breaker(failure_rate = 0.5)", "`failure_rate = \"50%\"`"),
        ("breaker(failure_rate = \"50\")", "`failure_rate = \"50%\"`"),
        ("breaker(failure_rate = HALF)", "`failure_rate(HALF)`"),
        ("breaker(failure_rate(\"50%\"))", "`failure_rate = \"50%\"`"),
        ("breaker(shadow = true)", "`shadow`"),
        ("breaker(shadow = false)", "leave `shadow` out"),
        ("bulkhead", "`bulkhead = 10`"),
        ("bulkhead()", "`bulkhead = 10`"),
        ("bulkhead = \"10\"", "`bulkhead = 10`"),
        ("bulkhead(7)", "`bulkhead = 7`"),
        ("bulkhead = MAX", "`bulkhead(max(MAX))`"),
        ("bulkhead(MAX)", "`bulkhead(max(MAX))`"),
        ("bulkhead(crate::MAX)", "`bulkhead(max(crate::MAX))`"),
        ("bulkhead(wait = \"50ms\")", "`bulkhead(max = 10, wait = \"50ms\")`"),
        ("rate_limit", "`rate_limit = \"100/s\"`"),
        ("rate_limit = 100", "`rate_limit = \"100/s\"`"),
        ("rate_limit = \"100\"", "`rate_limit = \"100/s\"`"),
        ("rate_limit = \"600/min\"", "`rate_limit = \"600/m\"`"),
        ("rate_limit(\"600/m\")", "`rate_limit = \"600/m\"`"),
        ("rate_limit = RATE", "`rate_limit(rate(RATE))`"),
        ("rate_limit(Rate::per_second(5))", "`rate_limit(rate(Rate::per_second(5)))`"),
        ("rate_limit(rate = 100)", "`rate = \"100/s\"`"),
        ("rate_limit(shadow)", "`rate_limit(rate = \"100/s\", shadow)`"),
        ("dependency = STRIPE", "`dependency(STRIPE)`"),
        ("dependency = \"STRIPE\"", "`dependency(STRIPE)`"),
        ("dependency(&STRIPE)", "`dependency(STRIPE)`"),
        ("dependency", "`dependency(STRIPE)`"),
    ] {
        says(&provider(clause), "", right);
    }
    for (clause, right) in [
        ("at_most_once = true, classify(f)", "`at_most_once`"),
        ("at_most_once = false", "leave `at_most_once` out"),
        ("all_unhealthy = fail", "`all_unhealthy = \"fail\"`"),
        ("tag = pay", "`tag = \"pay\"`"),
        ("tag(\"pay\")", "`tag = \"pay\"`"),
        ("classify = PayError::verdict", "`classify(PayError::verdict)`"),
        ("error = \"PayError\"", "`error(PayError)`"),
        ("retry_budget = 20", "`retry_budget = \"20%\"`"),
        ("retry_budget = 0.2", "`retry_budget = \"20%\"`"),
        ("retry_budget(0.2)", "`retry_budget = \"20%\"`"),
        ("retry_budget = SHARE", "`retry_budget(SHARE)`"),
        ("retry_budget", "`retry_budget = \"20%\"`"),
    ] {
        says(&fallback(clause), "takes", right);
    }
}

#[test]
fn a_slip_in_the_form_is_one_error_and_read_as_it_was_meant() {
    for (clause, message, right) in [
        ("retries: 2", "expected `=`, found `:`", "`retries = 2`"),
        ("retries == 2", "expected `=`, found `==`", "`retries = 2`"),
        ("retries 2", "a `=` is missing", "`retries = 2`"),
        ("\"retries\" = 2", "without quotes", "`retries = 2`"),
        ("healthcheck[stripe_health]", "expected parentheses", "`healthcheck(stripe_health)`"),
        ("retries = 2 timeout = \"2s\"", "a comma is missing before `timeout`", "`,`"),
        ("retries = 2,, timeout = \"2s\"", "a comma without a clause", "leave the comma out"),
        ("healthcheck(&stripe_health)", "takes a path", "`healthcheck(stripe_health)`"),
        ("healthcheck(a, b)", "takes one value", "`healthcheck(a)`"),
        ("retries = (2)", "whole number", "`retries = 2`"),
    ] {
        says(&provider(clause), message, right);
    }
}

#[test]
fn a_marker_that_marks_nothing_is_one_error() {
    let body = |first: &str| format!("#[fallback] {HEAD} {{ {first} #[fallback(\"b\")] {{ B }} }}");
    let none = "marks a block, and here is none";
    for (first, message, help) in [
        ("#[primry(\"a\")] { A }", "unknown marker `primry`", "`#[primary(\"a\")]`"),
        ("#[first(\"a\")] { A }", "unknown marker `first`", "`primary`, `fallback`, `reconcile` and `degrade`"),
        ("#[primary(a)] { A }", "the name of a provider is a string", "`#[primary(\"a\")]`"),
        ("#[primary[\"a\"]] { A }", "in parentheses", "`#[primary(\"a\")]`"),
        ("#[primary(\"a\")] let a = a();", none, "`#[primary(\"a\")] { … }`"),
        ("#[primary(\"a\")] fn a() {}", none, "`#[primary(\"a\")] { … }`"),
        ("#[primary(\"a\")] if a { A } else { B }", none, "`#[primary(\"a\")] { … }`"),
        ("#[primary(\"a\")] async { A }", none, "leave `async` out"),
        ("if a { #[primary(\"a\")] { A } }", "inside of another block", "`#[primary(\"a\", when(a))]`"),
    ] {
        says(&body(first), message, help);
    }
}

#[test]
fn a_value_out_of_range_is_told_its_range() {
    for (clause, range) in [
        ("retries = 4_000_000_000", "0 to 100000"),
        ("retries = 99999999999999999999999999999999999999999999", "0 to 100000"),
        ("retries = -1", "0 to 100000"),
        ("timeout = \"0s\"", "`\"1us\"` to `\"24h\"`"),
        ("timeout = \"25h\"", "`\"1us\"` to `\"24h\"`"),
        ("cost = -0.5", "from 0 on"),
        ("retries = 1, backoff(factor = 0)", "1 to 1000"),
        ("breaker(failures = 0)", "1 to 1000000"),
        ("breaker(failure_rate = \"150%\")", "at most `\"100%\"`"),
        ("breaker(failure_rate = \"0%\")", "more than `\"0%\"`"),
        ("breaker(cooldown = \"0s\")", "`\"1us\"` to `\"24h\"`"),
        ("bulkhead = 0", "`bulkhead` takes a whole number from 1 to 1000000"),
        ("bulkhead(max = 1_000_001)", "`max` takes a whole number from 1 to 1000000"),
        ("rate_limit = \"0/m\"", "from `\"1/m\"`"),
        ("rate_limit(rate = \"1/s\", burst = 0)", "1 to 1000000"),
    ] {
        says(&provider(clause), "out of range", range);
    }
    says(&fallback("retry_budget = \"0%\""), "out of range", "more than `\"0%\"`");
}

#[test]
fn a_clause_that_does_not_belong_is_told_where_it_would() {
    says(&provider("weight = 3"), "`weight` is no clause of", "a `#[provider]` of a `#[quota]`");
    says(&provider("interval = \"1s\""), "`interval` is no clause of", "a `#[healthcheck]`");
    says(&provider("deadline = \"1s\""), "`deadline` is no clause of", "a plan");
    says(&provider("base = \"1s\""), "`base` is no clause of", "a `backoff(…)`");
    says(&provider("retry = 2"), "unknown clause `retry`", "write `retries`; the clauses of");
    says(&provider("colour = 2"), "unknown clause `colour`", "`retries`, `backoff`");
    for (clause, place) in [
        ("shadow", "in a `breaker(…)`, a `bulkhead(…)` or a `rate_limit(…)`"),
        ("failures = 5", "in a `breaker(…)`"),
        ("max = 5", "in a `backoff(…)` or a `bulkhead(…)`"),
        ("wait = \"1s\"", "in a `bulkhead(…)` or a `rate_limit(…)`"),
        ("burst = 5", "in a `rate_limit(…)`"),
        ("retry_budget = \"20%\"", "on a plan"),
        ("bulkhead(max = 5, burst = 5)", "in a `rate_limit(…)`"),
    ] {
        says(&provider(clause), "is no clause of", place);
    }
    says(&fallback("when(x)"), "`when` is no clause of", "a provider");
}

#[test]
fn the_forms_of_a_breaker_are_not_mixed() {
    let said = messages(&provider("breaker(failures = 5, window = \"30s\", min_calls = 3)"));
    let [failures, window, min_calls] = said.as_slice() else { panic!("{said:#?}") };
    assert!(failures.contains("after failures in a row") && failures.contains("`window` and `min_calls`\nhelp: leave"));
    assert!(window.starts_with("`window` belongs to a breaker that opens by a share of the calls"));
    assert!(min_calls.starts_with("`min_calls` belongs to a breaker"));
    for sound in ["failures = 5, cooldown = \"1s\", probes = 2", "min_calls = 5, cooldown = \"1s\", probes = 2"] {
        assert!(messages(&provider(&format!("breaker({sound}, shadow)"))).is_empty());
    }
}

#[test]
fn waits_to_be_let_in_are_in_the_sum() {
    let with = |waits: &str| {
        format!(
            "#[fallback(deadline = \"5s\", timeout = \"2s\", {waits})] {HEAD} {{ #[primary(\"a\")] {{ A }} #[fallback(\"b\")] {{ B }} }}"
        )
    };
    let bulkhead = "bulkhead(max = 1, wait = \"500ms\")";
    assert!(messages(&with(bulkhead)).is_empty());
    let both = format!("{bulkhead}, rate_limit(rate = \"1/s\", wait = \"100ms\")");
    says(&with(&both), "need 5.2s, but the deadline is 5s: `b`", "shorter timeouts and waits");
    // What only the compiler knows is left to it.
    assert!(messages(&with(&format!("{both}, dependency(STRIPE)"))).is_empty());
    assert!(messages(&with("bulkhead(max = 1, wait(WAIT)), rate_limit(rate = \"1/s\", wait = \"4s\")")).is_empty());
}

#[test]
fn the_sums_are_told() {
    says(&fallback("deadline = \"15s\""), "need 20s, but the deadline is 15s: `b`", "`deadline = \"20s\"`");
    let quota = |a: u32, b: u32, clauses: &str| {
        format!(
            "#[quota({clauses})] {HEAD} {{ #[provider(\"a\", weight = {a})] {{ A }} #[provider(\"b\", weight = {b})] {{ B }} }}"
        )
    };
    says(&quota(10, 50, ""), "add up to 60, but must add up to 100", "`total = 60`");
    says(&quota(10, 50, "total = 61"), "add up to 60, but must add up to 61", "`total = 60`");
    says(&quota(0, 0, ""), "all weights are 0", "add up to 100");
    assert!(messages(&quota(10, 50, "total = 60")).is_empty());
    // What is wrong already makes no wrong sum.
    says(&quota(10, 50, "total = \"60\""), "whole number", "`total = 60`");
}

#[test]
fn a_sample_signature_that_does_not_fit_is_told_what_would() {
    let with = |head: &str| format!("#[fallback] {head} {{ #[primary(\"a\")] {{ A }} #[fallback(\"b\")] {{ B }} }}");
    for (head, message, help) in [
        ("fn f() -> R", "needs an `async fn`", "write `async fn`"),
        ("const fn f() -> R", "cannot be a `const fn`", "without `const`"),
        ("extern \"C\" fn f() -> R", "cannot be an `extern` function", "without `extern`"),
        ("async fn f()", "returns something", "ductape::Result<T, E>"),
        ("async fn f() -> Option<u8>", "cannot return `Option<u8>`", "ductape::Result<T, E>"),
        ("async fn f() -> ()", "cannot return `()`", "ductape::Result<T, E>"),
        ("async fn f() -> &u8", "cannot return `&u8`", "ductape::Result<T, E>"),
        ("async fn f() -> R<impl Copy, u8>", "`impl Trait`", "name the type"),
        ("#[async_trait::async_trait] async fn f() -> R", "`#[async_trait]`", "native `async fn`"),
        (
            "fn f<'a>(&'a self) -> ::core::pin::Pin<Box<dyn Future<Output = R> + 'a>>",
            "`#[async_trait]`",
            "native `async fn`",
        ),
    ] {
        says(&with(head), message, help);
    }
    let expanded = "#[quota] fn f(&self) -> Pin<Box<dyn Future<Output = R> + Send>> { Box::pin(async move { #[provider(\"a\")] { A } }) }";
    says(expanded, "`#[async_trait]`", "native `async fn`");
    says("#[fallback] struct S { a: u8 }", "belongs on an `async fn`", "on a function");
}

#[test]
fn a_healthcheck_that_does_not_fit_is_told_what_would() {
    for (head, message) in [
        ("async fn f(&self) -> R", "without `self`"),
        ("async fn f(a: &A, b: &B) -> R", "at most one argument"),
        ("async fn f<T>() -> R", "cannot be generic"),
        ("async fn f()", "returns a `Result`"),
        ("fn f() -> R", "needs an `async fn`"),
    ] {
        says(&format!("#[healthcheck(interval = \"1s\")] {head} {{ A }}"), message, "async fn check(client: &Client)");
    }
    for (argument, message, right) in [
        ("mut a: A", "a shared reference", "`async fn f(a: &A)`"),
        ("a: &mut A", "a shared reference", "`async fn f(a: &A)`"),
        ("a: &impl A", "a shared reference", "`async fn f(a: &Client)`"),
        ("a: &dyn A", "a sized type", "`&Box<dyn A>`"),
        ("a: &str", "a sized type", "a struct that holds it"),
        ("a: &A<'a>", "a lifetime of its own", "`'static`"),
    ] {
        says(&format!("#[healthcheck(interval = \"1s\")] async fn f({argument}) -> R {{ A }}"), message, right);
    }
    says("#[healthcheck(every = \"1s\")] async fn f() -> R { A }", "unknown clause `every`", "`interval`");
    says("#[healthcheck] async fn f() -> R { A }", "needs an `interval`", "interval = \"30s\"");
}
