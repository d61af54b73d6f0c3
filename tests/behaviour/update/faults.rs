//! What no patch can do, and what is said of it: everything wrong at once, and nothing changed.

use ductape::{Breaker, Dependency, Patch, Policy, Rate, RateLimit, action, fallback, healthcheck};
use serde_json::{Value, json};

use super::{handle, patch};
use crate::support::{Answer, Script, Scripted, ms, seeded};

/// What is said of a patch, a line for each fault, without the tag of the plan.
#[expect(clippy::needless_pass_by_value, reason = "for `json!` at the call")]
pub(super) fn said(tag: &str, json: Value) -> Vec<String> {
    let runtime = seeded();
    let plan = handle(&runtime, tag);
    let before = plan.plan().to_string();
    let error = plan.update(patch(json.clone())).expect_err(&json.to_string());
    assert_eq!(plan.plan().to_string(), before, "nothing has changed");
    assert!(runtime.recent_events().is_empty(), "and nothing happened");
    let line = |line: &str| line.strip_prefix(&format!("{tag}: ")).expect("each names the plan").to_owned();
    let lines: Vec<_> = error.to_string().lines().map(line).collect();
    assert_eq!(lines.len(), error.faults().len(), "one line for each");
    lines
}

pub(super) fn of_pair(json: Value) -> String {
    said("update-pair", json).join("\n")
}

fn of_quota(json: Value) -> String {
    said("update-quota", json).join("\n")
}

#[expect(clippy::needless_pass_by_value, reason = "for `json!` at the call")]
pub(super) fn of_a(json: Value) -> String {
    of_pair(json!({"providers": {"a": json}}))
}

#[test]
fn r90_weights_must_add_up() {
    assert_eq!(
        of_quota(json!({"providers": {"a": {"weight": 50}}})),
        "providers.a.weight = 50: the weights add up to 80 (`a` 50, `b` 30), but must add up to 100; give weights that add up to 100, or `total = 80` as well"
    );
    assert_eq!(
        of_quota(json!({"total": 50})),
        "total = 50: the weights add up to 100 (`a` 70, `b` 30), but must add up to 50; give weights that add up to 50, or `total = 100` as well"
    );
    assert_eq!(
        of_quota(json!({"providers": {"a": {"weight": 0}, "b": {"weight": 0}}})),
        "providers.b.weight = 0: all weights are 0, so that no provider gets any traffic; give weights that add up to 100; 0 is a drained provider"
    );
    assert_eq!(
        of_quota(json!({"providers": {"a": {"weight": 64_001}}})),
        "providers.a.weight = 64001: out of range; give a whole number from 0 to 64000"
    );
    let weight = "`weight` belongs to the `#[provider]`s of a quota, and this is none; leave it out";
    assert_eq!(of_a(json!({"weight": 50})), format!("providers.a.weight = 50: {weight}"));
}

#[test]
fn r90_a_deadline_must_leave_everyone_a_full_attempt() {
    assert_eq!(
        of_pair(json!({"deadline": "1500ms"})),
        "deadline = 1.5s: the providers need 2s, but the deadline is 1.5s: `b` can never be reached for a full attempt; give a deadline of `\"2s\"` or more, or shorter timeouts and waits"
    );
    let waits = json!({"timeout": "1s", "providers": {"a": {"bulkhead": {"max": 1, "wait": "2s"}}}});
    assert!(of_pair(waits).contains("the providers need 4s, but the deadline is 3s: `b` can never be reached"));
}

#[test]
fn r90_wrong_types_and_forms_are_shown_the_right_one() {
    for (json, expected) in [
        (
            json!({"retries": "2"}),
            "retries = \"2\": `retries` takes a whole number; give a whole number from 0 to 100000",
        ),
        (
            json!({"retries": 2.5}),
            "retries = 2.5: `retries` takes a whole number; give a whole number from 0 to 100000",
        ),
        (json!({"retries": -1}), "retries = -1: out of range; give a whole number from 0 to 100000"),
        (json!({"timeout": 5}), "timeout = 5: `timeout` takes a duration; give `\"5s\"` for seconds, or `\"5ms\"`"),
        (
            json!({"timeout": "5 parsecs"}),
            "timeout = \"5 parsecs\": `timeout` takes a duration; give a number and a unit, such as `\"800ms\"`, `\"1.5s\"`, `\"5m\"` or `\"1h\"`",
        ),
        (json!({"timeout": "0s"}), "timeout = \"0s\": out of range; give a duration from `\"1us\"` to `\"24h\"`"),
        (json!({"timeout": "25h"}), "timeout = \"25h\": out of range; give a duration from `\"1us\"` to `\"24h\"`"),
        (
            json!({"timeout": [1]}),
            "timeout = […]: `timeout` takes a duration; give a number and a unit, such as `\"800ms\"`, `\"1.5s\"`, `\"5m\"` or `\"1h\"`",
        ),
        (json!({"bulkhead": 0}), "bulkhead.max = 0: out of range; give a whole number from 1 to 1000000"),
        (
            json!({"rate_limit": "100"}),
            "rate_limit.rate = \"100\": `rate` takes a rate; give a whole number per unit of time, such as `\"100/s\"`, `\"600/m\"` or `\"10000/h\"`",
        ),
        (json!({"rate_limit": "0/s"}), "rate_limit.rate = \"0/s\": out of range; give a rate from `\"1/h\"` on"),
        (json!({"breaker": true}), "breaker = true: `breaker` is a table; write `{\"failures\": 5}`"),
        (
            json!({"breaker": {"failure_rate": "150%"}}),
            "breaker.failure_rate = \"150%\": out of range; give more than `\"0%\"`, and at most `\"100%\"`",
        ),
        (
            json!({"breaker": {"shadow": "yes"}}),
            "breaker.shadow = \"yes\": `shadow` takes a truth value; give `true` or `false`",
        ),
        (
            json!({"backoff": {"jitter": "lots"}}),
            "backoff.jitter = \"lots\": `jitter` takes one of a few words; give `\"full\"` or `\"equal\"` or `\"none\"`",
        ),
        (json!({"backoff": {"factor": 0.5}}), "backoff.factor = 0.5: out of range; give a number from 1 to 1000000"),
        (json!({"cost": -1}), "cost = -1: out of range; give a number from 0 on"),
    ] {
        assert_eq!(of_a(json), format!("providers.a.{expected}"));
    }
    assert_eq!(
        of_pair(json!({"retry_budget": 20})),
        "retry_budget.share = 20: `share` takes a percentage; give a number and `%`, such as `\"20%\"` or `\"12.5%\"`"
    );
    assert_eq!(
        of_pair(json!({"all_unhealthy": "panic"})),
        "all_unhealthy = \"panic\": `all_unhealthy` takes one of a few words; give `\"try\"` or `\"fail\"`"
    );
    assert_eq!(
        of_pair(json!({"providers": 3})),
        "providers = 3: `providers` is a table; write `{\"providers\": {\"name\": {…}}}`"
    );
    assert!(
        serde_json::from_value::<Patch>(json!([1]))
            .is_err_and(|error| error.to_string().contains("a table of clauses"))
    );
    assert!(
        serde_json::from_str::<Patch>(r#"{"timeout": "1s", "timeout": "2s"}"#)
            .is_err_and(|error| error.to_string().contains("`timeout` is given twice"))
    );
}

#[test]
fn r90_what_is_code_is_said_to_be() {
    for (json, expected) in [
        (json!({"classify": "x"}), "`classify` is part of the code: it is a function; change it in the attribute"),
        (
            json!({"at_most_once": true}),
            "`at_most_once` is part of the code: the blocks are written for it; change it in the attribute",
        ),
    ] {
        let said = of_pair(json);
        assert!(said.ends_with(expected), "{said}");
    }
    assert!(of_a(json!({"when": true})).contains("`when` is part of the code: it is an expression"));
    assert!(
        of_pair(json!({"cache": {"ttl": "1s"}})).contains("the plan has no `cache`; write `cache(…)` in the attribute")
    );
    assert!(of_pair(json!({"degrade": {"timeout": "1s"}})).contains("the plan has no `#[degrade]` block"));
    assert!(of_a(json!({"reconcile": {"after": "1s"}})).contains("the provider has no `#[reconcile]` block"));
    assert!(
        of_pair(json!({"weight": 1})).contains("`weight` belongs to a provider; give it as `providers.<name>.weight`")
    );
    assert!(of_a(json!({"deadline": "1s"})).contains("`deadline` belongs to the plan; give it as `deadline`"));
    assert!(of_pair(json!({"pick": "random"})).contains("`pick` belongs to a quota, and this is a fallback"));
}

#[test]
fn r90_contradictions_are_named() {
    assert_eq!(
        of_a(json!({"breaker": {"failures": 3, "failure_rate": "50%"}})),
        "providers.a.breaker.failures = 3: `failures` does not go with `failure_rate`; give one form: failures in a row, or a share of the calls"
    );
    assert_eq!(
        of_a(json!({"backoff": {"max": "5ms"}})),
        "providers.a.backoff.max = 5ms: the longest wait, 5ms, is below the first, 10ms; give a longer `max`, or a shorter `base`"
    );
    assert_eq!(
        of_pair(json!({"providers": {"b": {"backoff": {"base": "5ms"}}}})),
        "providers.b.backoff.base: `backoff` waits between tries, but nothing is tried again here; give `retries` as well, or leave `backoff` out"
    );
    assert_eq!(
        of_a(json!({"bulkhead": {"wait": "5ms"}})),
        "providers.a.bulkhead: there is no `bulkhead` yet, so that it needs `max`; give it as well"
    );
    assert_eq!(
        of_a(json!({"rate_limit": {"rat": "5/s", "enabled": true}})),
        "providers.a.rate_limit: there is no `rate_limit` yet, so that it needs `rate`; give it as well\nproviders.a.rate_limit.rat = \"5/s\": unknown clause `rat`; did you mean `rate`?"
    );
    assert!(
        of_a(json!({"bulkhead": {"wait": "0s"}}))
            .ends_with("providers.a.bulkhead.wait = \"0s\": out of range; give a duration from `\"1us\"` to `\"24h\"`")
    );
    assert_eq!(
        of_a(json!({"breaker": {"enabled": false}})),
        "providers.a.breaker.enabled = false: there is no `breaker` that could be switched; leave it out"
    );
    assert_eq!(
        of_pair(json!({"healthcheck": {"enabled": false}})),
        "healthcheck.enabled = false: there is no `healthcheck` that could be switched; leave it out"
    );
}

#[test]
fn r90_all_faults_are_told_together() {
    let lines = said(
        "update-quota",
        json!({
            "deadline": "0s",
            "colour": "red",
            "providers": {"a": {"weight": 80, "retries": "many"}, "c": {"weight": 1}, "b": {"breaker": {"window": 3}}},
        }),
    );
    let paths: Vec<_> = lines.iter().filter_map(|line| line.split([' ', ':']).next()).collect();
    let colour_first = [
        "colour",
        "deadline",
        "providers.a.retries",
        "providers.b.breaker.window",
        "providers.c",
        "providers.a.weight",
    ];
    assert_eq!(paths, colour_first, "by their names, and what is wrong with the whole at the end");
}

#[test]
fn r90_faults_are_data() {
    let error = handle(&seeded(), "update-pair").update(Patch::new().timeout(ms(0))).expect_err("it is out of range");
    let expected = json!([{
        "plan": "update-pair", "path": "timeout", "value": "\"0s\"", "rule": "out of range",
        "help": "give a duration from `\"1us\"` to `\"24h\"`", "origin": "update",
    }]);
    assert_eq!(serde_json::to_value(&error).expect("it serializes"), expected);
}

#[healthcheck(tag = "update-shared-health", interval = "1h")]
async fn shared_health() -> Result<(), Scripted> {
    Ok(())
}

static SHARED: Dependency = Dependency::new("shared")
    .bulkhead(5)
    .breaker(Breaker::new())
    .rate_limit(RateLimit::new(Rate::per_second(100)))
    .healthcheck(&shared_health);

#[fallback(tag = "update-dependent")]
async fn dependent(a: &Script) -> Answer {
    #[primary("main", dependency(SHARED))]
    {
        a.call().await
    }
    #[fallback("side")]
    {
        a.call().await
    }
}

#[tokio::test(start_paused = true)]
async fn r74_what_a_dependency_shares_is_not_one_plans_to_change() {
    let shared = "it is shared by all that name the dependency `shared`; change it where that is defined; only `enabled` can be given here";
    assert_eq!(
        said("update-dependent", json!({"providers": {"main": {"bulkhead": 3}}})),
        [format!("providers.main.bulkhead: {shared}")]
    );
    let runtime = seeded();
    let plan = handle(&runtime, "update-dependent");
    plan.update(patch(json!({"bulkhead": 3}))).expect("the other provider gets its own");
    let max = |provider| plan.plan().provider(provider).and_then(ductape::Provider::bulkhead).map(|it| it.max);
    assert_eq!((max("main"), max("side")), (Some(5), Some(3)));
    for policy in [Policy::Bulkhead, Policy::Breaker, Policy::RateLimit, Policy::Healthcheck] {
        plan.update(Patch::new().provider("main", Patch::new().off(policy))).expect("it can go without");
    }
    assert_eq!(max("main"), None);
    let a = Script::of([crate::support::ok()]);
    runtime.scope(dependent(&a)).await.expect("it works");
}

#[test]
fn r90_the_form_of_a_breaker_can_change() {
    #[action(tag = "update-form", app = "a", breaker(failures = 3, cooldown = "7s"))]
    async fn _plan() -> ductape::Result<(), Scripted> {
        Ok(())
    }

    let steered = handle(&seeded(), "update-form");
    let shown = || steered.plan().providers()[0].breaker().map(|breaker| breaker.to_string());
    for (json, expected) in [
        (json!({"breaker": {"failure_rate": "40%"}}), "breaker at 40% of 20 or more calls in 30s, open 7s"),
        (json!({"breaker": {"min_calls": 5}}), "breaker at 40% of 5 or more calls in 30s, open 7s"),
        (json!({"breaker": {"failures": 9}}), "breaker after 9 failures, open 7s"),
        (json!({"breaker": null}), "breaker after 3 failures, open 7s"),
        (json!({"providers": {"a": {"breaker": {"shadow": true}}}}), "breaker after 3 failures, open 7s (shadow)"),
    ] {
        steered.update(patch(json)).expect("it is sound");
        assert_eq!(shown().as_deref(), Some(expected));
    }
}
