//! Overrides from variables of the environment, and switches for all plans.

use ductape::{Dependency, Patch, Policy, Runtime, Verdict, fallback, quota, workflow};

use crate::support::{Answer, Script, Scripted, fail, ms, ok};

#[quota(tag = "overrides-quota", breaker(failures = 1, cooldown = "1h"), classify(Scripted::verdict))]
async fn shares(a: &Script, b: &Script) -> Answer {
    #[provider("a.one", weight = 70)]
    {
        a.call().await
    }
    #[provider("b", weight = 30)]
    {
        b.call().await
    }
}

#[fallback(tag = "overrides-pair", timeout = "1s", deadline = "3s")]
async fn pair(a: &Script, b: &Script) -> Answer {
    #[primary("a")]
    {
        a.call().await
    }
    #[fallback("b-c", bulkhead = 3)]
    {
        b.call().await
    }
    #[fallback("b_c")]
    {
        b.call().await
    }
}

fn with(variables: &[(&str, &str)]) -> Result<Runtime, Vec<String>> {
    let built = Runtime::builder().seed(7).variables(variables.iter().copied()).build();
    built.map_err(|error| error.to_string().lines().map(str::to_owned).collect())
}

fn said(name: &str, value: &str) -> String {
    with(&[(name, value)]).expect_err("it is refused").join("\n")
}

#[tokio::test(start_paused = true)]
async fn r90_variables_override_the_code_and_an_update_overrides_them() {
    let runtime = with(&[
        ("DUCTAPE__OVERRIDES_QUOTA__PROVIDERS__A_ONE__WEIGHT", "20"),
        ("DUCTAPE__OVERRIDES_QUOTA__PROVIDERS__B__WEIGHT", "80"),
        ("DUCTAPE__OVERRIDES_QUOTA__PROVIDERS__B__BULKHEAD", "5"),
        ("DUCTAPE__OVERRIDES_QUOTA__PROVIDERS__B__BULKHEAD__WAIT", "5ms"),
        ("DUCTAPE__OVERRIDES_QUOTA__TIMEOUT", "1.5s"),
        ("DUCTAPE__OVERRIDES_QUOTA__FAILOVER", "false"),
        ("DUCTAPE__OVERRIDES_QUOTA__PROVIDERS__B__COST", "0.5"),
        ("HOME", "/home/of/others"),
    ])
    .expect("they are sound");
    let plan = runtime.plan("overrides-quota").expect("it is linked");
    let shown = |path: &str| plan.effective().setting(path).map(|it| (it.value.clone(), it.origin.to_string()));
    let from = |value: &str, variable: &str| Some((value.to_owned(), format!("DUCTAPE__OVERRIDES_QUOTA__{variable}")));
    assert_eq!(shown("providers.\"a.one\".weight"), from("20", "PROVIDERS__A_ONE__WEIGHT"));
    assert_eq!(shown("providers.b.bulkhead.max"), from("5", "PROVIDERS__B__BULKHEAD"));
    assert_eq!(shown("providers.b.bulkhead.wait"), from("5ms", "PROVIDERS__B__BULKHEAD__WAIT"));
    assert_eq!(shown("providers.b.timeout"), from("1.5s", "TIMEOUT"));
    assert_eq!(shown("failover"), from("false", "FAILOVER"));
    assert_eq!(shown("providers.b.cost"), from("0.5", "PROVIDERS__B__COST"));
    let (a, b) = (Script::of([ok()]), Script::of([ok()]));
    for _ in 0..100 {
        runtime.scope(shares(&a, &b)).await.expect("they work");
    }
    assert_eq!((a.calls(), b.calls()), (20, 80));
    plan.update(Patch::new().timeout(ms(700))).expect("it is sound");
    assert_eq!(shown("providers.b.timeout"), Some(("700ms".to_owned(), "update".to_owned())));
    let text = plan.effective().to_string();
    assert!(text.contains("\n  providers.b.weight = 80 (DUCTAPE__OVERRIDES_QUOTA__PROVIDERS__B__WEIGHT)"), "{text}");
    // Other runtimes know nothing of it.
    let other = with(&[]).expect("nothing is given").plan("overrides-quota").expect("it is linked").plan();
    assert_eq!(other.providers()[1].weight(), Some(30));
}

#[test]
fn r90_bad_variables_are_named_with_value_and_rule() {
    assert_eq!(
        said("DUCTAPE__OVERRIDES_QUOTA__PROVIDERS__B__WEIGHT", "50"),
        "DUCTAPE__OVERRIDES_QUOTA__PROVIDERS__B__WEIGHT: overrides-quota: providers.b.weight = 50: the weights add up to 120 (`a.one` 70, `b` 50), but must add up to 100; give weights that add up to 100, or `total = 120` as well"
    );
    assert_eq!(
        said("DUCTAPE__OVERRIDES_QUOTA__PROVIDERS__B__RETRIES", "many"),
        "DUCTAPE__OVERRIDES_QUOTA__PROVIDERS__B__RETRIES: overrides-quota: providers.b.retries = many: `retries` takes a whole number; give a whole number from 0 to 100000"
    );
    assert_eq!(
        said("DUCTAPE__OVERRIDES_QOUTA__DEADLINE", "5s"),
        "DUCTAPE__OVERRIDES_QOUTA__DEADLINE = 5s: no plan has a tag that is `OVERRIDES_QOUTA` in capitals; did you mean `DUCTAPE__OVERRIDES_QUOTA__DEADLINE`?"
    );
    assert_eq!(
        said("DUCTAPE__OVERRIDES_QUOTA__PROVIDERS__C__RETRIES", "1"),
        "DUCTAPE__OVERRIDES_QUOTA__PROVIDERS__C__RETRIES: overrides-quota: providers.c: unknown provider `c`; there are `a.one` and `b`"
    );
    for name in ["DUCTAPE__", "DUCTAPE__OVERRIDES_QUOTA", "DUCTAPE__OVERRIDES_QUOTA__", "DUCTAPE__A____B"] {
        assert!(said(name, "1").contains("the variable names no clause"), "{name}");
    }
    for (name, example) in [
        ("DUCTAPE__OVERRIDES_QUOTA", "DUCTAPE__OVERRIDES_QUOTA__DEADLINE"),
        ("DUCTAPE__overrides_quota__", "DUCTAPE__OVERRIDES_QUOTA__DEADLINE"),
        ("DUCTAPE__ALL", "DUCTAPE__ALL__BREAKER__ENABLED"),
    ] {
        let expected = format!("the variable names no clause; name one after the plan, such as `{example}`");
        assert_eq!(said(name, "1"), format!("{name} = 1: {expected}"));
    }
    assert_eq!(
        said("DUCTAPE__OVERRIDES_PAIR__PROVIDERS__B_C__RETRIES", "1"),
        "DUCTAPE__OVERRIDES_PAIR__PROVIDERS__B_C__RETRIES = 1: several providers of `overrides-pair` are `B_C` in capitals; give it in a file, or rename one of them"
    );
    let both = [("DUCTAPE__OVERRIDES_PAIR__DEADLINE", "1s"), ("DUCTAPE__OVERRIDES_QUOTA__TOTAL", "0")];
    assert_eq!(with(&both).expect_err("both are bad").len(), 2);
}

#[test]
fn r90_examples_and_suggestions_for_variables_can_be_used_as_they_are() {
    assert_eq!(
        said("DUCTAPE__overrides_quota__providers__b__retries", "1"),
        "DUCTAPE__overrides_quota__providers__b__retries = 1: no plan has a tag that is `overrides_quota` in capitals; did you mean `DUCTAPE__OVERRIDES_QUOTA__PROVIDERS__B__RETRIES`?"
    );
    assert!(said("DUCTAPE__all__breaker__enabled", "false").contains("did you mean `DUCTAPE__ALL__BREAKER__ENABLED`?"));
    let nothing = said("DUCTAPE__", "");
    let (fault, example) = nothing.split_once("; name one after the plan, such as `").expect("there is an example");
    assert_eq!(fault, "DUCTAPE__ = \"\": the variable names no clause");
    with(&[(example.trim_end_matches('`'), "24h")]).expect("the example is sound");
}

#[test]
fn r90_values_that_would_not_be_seen_are_quoted() {
    for (value, shown) in [("", "\"\""), (" 5s", "\" 5s\""), ("5\ns", "\"5\\ns\""), ("5 s", "5 s")] {
        let said = said("DUCTAPE__OVERRIDES_QUOTA__TIMEOUT", value);
        assert!(said.contains(&format!(": timeout = {shown}: `timeout` takes a duration; ")), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn r90_policies_are_switched_for_all_plans() {
    let failing = || (Script::of([fail(Verdict::Failover)]), Script::of([fail(Verdict::Failover)]));
    let runtimes = [
        with(&[("DUCTAPE__ALL__BREAKER__ENABLED", "false")]).expect("it is sound"),
        Runtime::builder().off(Policy::Breaker).build().expect("nothing can be wrong"),
        {
            let runtime = Runtime::builder().build().expect("nothing can be wrong");
            runtime.switch(Policy::Breaker, false);
            runtime
        },
    ];
    for runtime in runtimes {
        let (a, b) = failing();
        for _ in 0..3 {
            runtime.scope(shares(&a, &b)).await.expect_err("they fail");
        }
        assert_eq!((a.calls(), b.calls()), (3, 3), "no breaker opens");
        let plan = runtime.plan("overrides-quota").expect("it is linked");
        assert_eq!(plan.breaker("b"), None);
        // A plan's own word counts more, and a later switch for all more than the runtime's first.
        plan.update(Patch::new().provider("b", Patch::new().on(Policy::Breaker))).expect("there is one");
        for _ in 0..3 {
            runtime.scope(shares(&a, &b)).await.expect_err("they fail");
        }
        assert_eq!((a.calls(), b.calls()), (6, 4));
        runtime.switch(Policy::Breaker, true);
        runtime.scope(shares(&a, &b)).await.expect_err("they fail");
        runtime.scope(shares(&a, &b)).await.expect_err("they are refused");
        assert_eq!((a.calls(), b.calls()), (7, 4));
    }
    assert_eq!(
        said("DUCTAPE__ALL__BREAKR__ENABLED", "false"),
        "DUCTAPE__ALL__BREAKR__ENABLED: *.breakr: unknown policy `breakr`; did you mean `breaker`?"
    );
    assert!(
        said("DUCTAPE__ALL__BREAKER__FAILURES", "3").contains("for all plans there is only `enabled`, not `failures`")
    );
    assert!(
        said("DUCTAPE__ALL__BREAKER__ENABLED", "maybe")
            .contains("`enabled` takes a truth value; give `true` or `false`")
    );
}

#[tokio::test(start_paused = true)]
async fn r90_all_values_in_force_can_be_seen() {
    let runtime = with(&[("DUCTAPE__OVERRIDES_PAIR__DEADLINE", "5s")]).expect("it is sound");
    let (a, b) = (Script::of([ok()]), Script::of([ok()]));
    runtime.scope(pair(&a, &b)).await.expect("it works");
    let all = runtime.effective();
    let pair = all.plan("overrides-pair").expect("it is linked");
    assert_eq!(pair.setting("deadline").map(|it| it.value.as_str()), Some("5s"));
    assert_eq!(pair.setting("providers.b-c.bulkhead.max").map(|it| it.value.as_str()), Some("3"));
    let json = serde_json::to_value(pair).expect("it serializes");
    assert_eq!(json["settings"][0]["origin"], "DUCTAPE__OVERRIDES_PAIR__DEADLINE");
    assert_eq!(all.plans.len(), ductape::plans().len());
    assert!(
        all.to_string().contains("\noverrides-pair\n  deadline = 5s (DUCTAPE__OVERRIDES_PAIR__DEADLINE)\n"),
        "{all}"
    );
}

#[tokio::test(start_paused = true)]
async fn r90_every_value_has_its_origin() {
    static BANK: Dependency = Dependency::new("overrides-bank").bulkhead(5);

    #[fallback(tag = "overrides-origins", timeout = "1s", breaker(failures = 2), hedge = "200ms")]
    async fn plan() -> ductape::Result<(), std::io::Error> {
        #[primary("own", retries = 2, timeout = "2s", breaker(failures = 3))]
        {
            Ok(())
        }
        #[fallback("plans", dependency(BANK), rate_limit = "10/s")]
        {
            Ok(())
        }
    }
    let runtime = with(&[
        ("DUCTAPE__OVERRIDES_ORIGINS__PROVIDERS__PLANS__RATE_LIMIT__BURST", "7"),
        ("DUCTAPE__OVERRIDES_ORIGINS__BACKOFF__BASE", "50ms"),
    ])
    .expect("they are sound");
    let handle = runtime.plan("overrides-origins").expect("it is linked");
    runtime.scope(plan()).await.expect("it works");
    let origin = |path: &str| handle.effective().setting(path).map(|it| it.origin.to_string()).unwrap_or_default();
    for (path, expected) in [
        ("hedge.delay", "code"),
        ("retry_budget.share", "default"),
        ("all_unhealthy", "default"),
        ("providers.own.retries", "code"),
        ("providers.own.timeout", "code"),
        ("providers.own.breaker.failures", "code"),
        ("providers.own.cost", "default"),
        ("providers.own.backoff.base", "DUCTAPE__OVERRIDES_ORIGINS__BACKOFF__BASE"),
        ("providers.own.backoff.max", "default"),
        ("providers.plans.retries", "default"),
        ("providers.plans.timeout", "plan default"),
        ("providers.plans.breaker.failures", "plan default"),
        ("providers.plans.bulkhead.max", "code"),
        ("providers.plans.rate_limit.rate", "code"),
        ("providers.plans.rate_limit.burst", "DUCTAPE__OVERRIDES_ORIGINS__PROVIDERS__PLANS__RATE_LIMIT__BURST"),
    ] {
        assert_eq!(origin(path), expected, "{path}");
    }
    handle.update(Patch::new().timeout(ms(700))).expect("it is sound");
    assert_eq!(origin("providers.plans.timeout"), "update");
    handle.update(serde_json::from_str(r#"{"timeout": null}"#).expect("it is a patch")).expect("it is sound");
    assert_eq!(origin("providers.plans.timeout"), "plan default", "taken back");
}

#[tokio::test(start_paused = true)]
async fn r90_undos_have_variables_and_effective_values() {
    #[workflow(tag = "overrides-order", retries = 1)]
    async fn order() -> ductape::WorkflowResult<(), std::io::Error> {
        #[step("re-serve")]
        let hold = async { Ok::<_, std::io::Error>(1) }.await?;
        #[undo]
        {
            assert_eq!(hold, 1);
            Ok(())
        }
        Ok(())
    }
    let variable = "DUCTAPE__OVERRIDES_ORDER__PROVIDERS__RE_SERVE_UNDO__RETRIES";
    let runtime = with(&[(variable, "4")]).expect("it is sound");
    runtime.scope(order()).await.expect("it works");
    let handle = runtime.plan("overrides-order").expect("it is linked");
    let shown = |path: &str| handle.effective().setting(path).map(|it| (it.value.clone(), it.origin.to_string()));
    assert_eq!(shown("providers.\"re-serve.undo\".retries"), Some(("4".to_owned(), variable.to_owned())));
    assert_eq!(shown("providers.re-serve.retries"), Some(("1".to_owned(), "plan default".to_owned())));
    let changes = handle.update(Patch::new().provider("re-serve.undo", Patch::new().retries(5))).expect("it is sound");
    let changes: Vec<_> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(changes, ["providers.\"re-serve.undo\".retries: 4 → 5"], "so that an event tells of it");
}
