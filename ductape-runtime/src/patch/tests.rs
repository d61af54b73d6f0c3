//! Patches against definitions, without a runtime.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};

use super::{Layer, Layers, Patch};
use crate::engine::{Breaker, Bulkhead, Percent, RetryBudget};
use crate::plan::{Plan, PlanClauses, PlanKind, Provider, ProviderClauses, check};

static SHARING: [Provider; 3] = [
    ProviderClauses::new("a").weight(70).retries(2).breaker(Breaker::new()).build(),
    ProviderClauses::new("b").weight(30).bulkhead(Bulkhead::new(5)).build(),
    ProviderClauses::new("c").build(),
];
static ORDERED: [Provider; 1] = [ProviderClauses::new("c").build()];

fn plans() -> [Plan; 2] {
    [
        PlanClauses::quota("quota", &SHARING).retry_budget(RetryBudget::new(Percent::of(20))).build(),
        PlanClauses::fallback("fallback", &ORDERED).deadline(Duration::from_secs(20)).build(),
    ]
}

/// Panics where a rule of the compiler is broken.
fn check_all(plan: &Plan) {
    let mut needs = Duration::ZERO;
    let mut weights = Vec::new();
    for provider in plan.providers() {
        let policy = &provider.policy;
        check::retries(policy.retries);
        check::duration(policy.timeout);
        check::duration(policy.backoff.base);
        check::duration(policy.backoff.max);
        check::backoff(policy.backoff.base, policy.backoff.max);
        check::factor(policy.backoff.factor);
        check::cost(policy.cost);
        weights.extend(policy.weight);
        policy.weight.into_iter().for_each(check::weight);
        if let Some(breaker) = policy.breaker {
            assert_eq!(breaker.faults(), [None; 7]);
        }
        if let Some(bulkhead) = policy.bulkhead {
            check::count(bulkhead.max);
        }
        if let Some(limit) = policy.rate_limit {
            check::rate(limit.rate);
            limit.burst.into_iter().for_each(check::count);
        }
        needs += provider.need();
    }
    check::total(plan.policy.total);
    if plan.kind() == PlanKind::Quota {
        check::weights(&weights, plan.policy.total);
    }
    if let Some(deadline) = plan.deadline() {
        check::duration(deadline);
        assert!(needs <= deadline);
    }
    if let Some(budget) = plan.policy.retry_budget {
        check::share(budget.share);
    }
}

const TEXTS: &[&str] = &[
    "0s",
    "1us",
    "100ms",
    "5s",
    "10s",
    "24h",
    "25h",
    "1",
    "",
    "0%",
    "20%",
    "100%",
    "101%",
    "0/s",
    "1/h",
    "100/s",
    "full",
    "none",
    "try",
    "fail",
    "smooth",
    "random",
    "99999999999999999999s",
    "-1s",
];
const NUMBERS: &[i64] = &[0, 1, 30, 70, 100, 64_000, 64_001, 100_001, 1_000_001, -1, i64::MAX];
const POLICIES: &[&str] =
    &["breaker", "bulkhead", "rate_limit", "backoff", "retry_budget", "healthcheck", "cache", "degrade"];
const IN_POLICIES: &[&str] = &[
    "failures",
    "cooldown",
    "probes",
    "failure_rate",
    "window",
    "min_calls",
    "slow_call",
    "shadow",
    "enabled",
    "max",
    "wait",
    "rate",
    "burst",
    "base",
    "factor",
    "jitter",
    "share",
    "ttl",
    "timeout",
    "after",
];
const SCALARS: &[&str] = &[
    "deadline",
    "retries",
    "timeout",
    "weight",
    "cost",
    "total",
    "pick",
    "failover",
    "all_unhealthy",
    "when",
    "colour",
    "bulkhead",
    "rate_limit",
    "retry_budget",
];

/// Values, most of them near the edges of what some clause takes.
fn value() -> impl Strategy<Value = Json> {
    prop_oneof![
        3 => select(TEXTS).prop_map(Json::from),
        3 => select(NUMBERS).prop_map(Json::from),
        1 => any::<bool>().prop_map(Json::from),
        // Eighths, since these are written exactly.
        1 => (-100_i32..10_000).prop_map(|eighths| Json::from(f64::from(eighths) / 8.0)),
        1 => Just(Json::Null),
        1 => Just(json!([1, 2])),
    ]
}

fn table(keys: &'static [&'static str], values: impl Strategy<Value = Json>) -> impl Strategy<Value = Json> {
    proptest::collection::vec((select(keys), values), 0..4)
        .prop_map(|entries| entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn clauses() -> impl Strategy<Value = Json> {
    let both = (table(SCALARS, value()), table(POLICIES, table(IN_POLICIES, value())));
    both.prop_map(|(mut scalars, policies)| {
        for (key, value) in policies.as_object().into_iter().flatten() {
            scalars[key] = value.clone();
        }
        scalars
    })
}

fn any_patch() -> impl Strategy<Value = Patch> {
    const NAMES: &[&str] = &["a", "b", "c", "d"];
    let both = (clauses(), table(NAMES, prop_oneof![9 => clauses(), 1 => value()]));
    both.prop_map(|(mut plan, providers)| {
        plan["providers"] = providers;
        serde_json::from_value(plan).expect("a table is a patch")
    })
}

/// What is sound more often than not: otherwise most would end at their first fault.
fn likely_patch() -> impl Strategy<Value = Patch> {
    let one = prop_oneof![
        (0_u32..=110)
            .prop_map(|a| json!({"providers": {"a": {"weight": a}, "b": {"weight": 100_u32.saturating_sub(a)}}})),
        (1_u32..30).prop_map(|seconds| json!({"timeout": format!("{seconds}s")})),
        (1_u32..60).prop_map(|seconds| json!({"deadline": format!("{seconds}s")})),
        (0_u32..4, any::<bool>())
            .prop_map(|(retries, on)| json!({"retries": retries, "bulkhead": {"max": 3, "enabled": on}})),
        (1_u32..30)
            .prop_map(|wait| json!({"providers": {"c": {"rate_limit": {"rate": "5/m", "wait": format!("{wait}s")}}}})),
        (1_u32..4).prop_map(|failures| json!({"breaker": {"failures": failures}})),
        (1_u32..110).prop_map(|share| json!({"providers": {"c": {"breaker": {"failure_rate": format!("{share}%")}}}})),
        Just(json!({"breaker": null, "timeout": null, "providers": {"c": null}})),
        Just(json!({"backoff": {"base": "20s"}})),
    ];
    one.prop_map(|patch| serde_json::from_value(patch).expect("a table is a patch"))
}

const LAYERS: &[Layer] = &[Layer::Program, Layer::Environment, Layer::Update];
const CASES: u32 = if cfg!(miri) { 5 } else { 1_000 };

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r90_any_patch_names_a_fault_or_makes_a_definition_that_would_compile(
        patches in proptest::collection::vec((select(LAYERS), prop_oneof![any_patch(), likely_patch(), likely_patch()]), 1..8),
    ) {
        for code in plans() {
            let mut layers = Layers::default();
            for (layer, patch) in &patches {
                let next = layers.over(*layer, patch.clone());
                match next.apply(&code) {
                    Ok((plan, _)) => {
                        check_all(&plan);
                        layers = next.settled();
                        // What takes something back is gone, and makes no difference.
                        let (again, _) = layers.apply(&code).expect("it is sound");
                        prop_assert_eq!(again.to_string(), plan.to_string());
                    }
                    Err(error) => prop_assert!(!error.faults().is_empty()),
                }
            }
        }
    }

    #[test]
    fn r90_a_patch_is_data_that_reads_back(patch in any_patch()) {
        let written = serde_json::to_string(&patch).expect("it serializes");
        let read: Patch = serde_json::from_str(&written).expect("a table is a patch");
        prop_assert_eq!(serde_json::to_string(&read).expect("it serializes"), written);
    }
}
