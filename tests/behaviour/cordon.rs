//! R1, R4: providers that an operator takes out.

use std::pin::pin;

use ductape::{Patch, Skip, Verdict, fallback, healthcheck, quota};
use tokio::time::advance;

use crate::support::{Answer, Script, Scripted, begin, fail, hang, ms, ok, seeded, trail};

#[healthcheck(tag = "cordon-health", interval = "1h")]
async fn health() -> Result<(), Scripted> {
    Err(Scripted { verdict: Verdict::Retry, call: 1 })
}

#[fallback(tag = "cordon-pair", classify(Scripted::verdict), timeout = "1s")]
async fn pair(a: &Script, b: &Script, wanted: bool) -> Answer {
    #[primary(
        "a",
        retries = 3,
        backoff(base = "100ms", factor = 1, jitter = "none"),
        when(wanted),
        healthcheck(health)
    )]
    {
        a.call().await
    }
    #[fallback("b")]
    {
        b.call().await
    }
}

#[tokio::test(start_paused = true)]
async fn r1_a_cordoned_provider_is_skipped_before_anything_else_is_asked() {
    let (runtime, a, b) = (seeded(), Script::of([ok()]), Script::of([fail(Verdict::Retry)]));
    let plan = runtime.plan("cordon-pair").expect("it is linked");
    runtime.scope(health.check()).await;
    plan.cordon("a", "they migrate their database").expect("there is one");
    assert_eq!(plan.cordoned("a").as_deref(), Some("they migrate their database"));
    // Neither its `when(…)` nor its health is asked, and what all are refused by is not health alone.
    for wanted in [false, true] {
        let error = runtime.scope(pair(&a, &b, wanted)).await.expect_err("b fails");
        assert_eq!(trail(&error), ["a skipped: Cordoned", &format!("b 1 failed: {:?}", Verdict::Retry)]);
    }
    assert_eq!(plan.stats().provider("a").map(|it| it.since_start.skips.cordoned), Some(2));
    let standing = plan.snapshot();
    assert_eq!(standing.providers[0].cordoned.as_deref(), Some("they migrate their database"));
    assert!(standing.to_string().contains("a: cordoned: they migrate their database"), "{standing}");

    let reason = plan.uncordon("a").expect("there is one");
    assert_eq!(reason.as_deref(), Some("they migrate their database"));
    assert_eq!(plan.uncordon("a"), Ok(None), "it is in already");
    assert_eq!(plan.cordoned("a"), None);
    let error = runtime.scope(pair(&a, &b, true)).await.expect_err("b fails");
    assert_eq!(trail(&error)[0], format!("a skipped: {:?}", Skip::Unhealthy));
    assert_eq!(a.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn r4_a_turn_under_way_ends_before_and_after_a_wait() {
    let runtime = seeded();
    let plan = runtime.plan("cordon-pair").expect("it is linked");
    // While an attempt runs: it is not cut off, and nothing is waited for.
    let (a, b) = (Script::of([fail(Verdict::Retry).after(30)]), Script::of([ok()]));
    let mut run = pin!(runtime.scope(pair(&a, &b, true)));
    begin(run.as_mut()).await;
    plan.cordon("a", "why not").expect("there is one");
    run.await.expect("b serves");
    assert_eq!((a.calls(), b.times()), (1, vec![30]));
    plan.uncordon("a").expect("there is one");
    // While the next one is waited for.
    let (a, b) = (Script::of([fail(Verdict::Retry)]), Script::of([ok()]));
    let mut run = pin!(runtime.scope(pair(&a, &b, true)));
    begin(run.as_mut()).await;
    advance(ms(50)).await;
    plan.cordon("a", "why not").expect("there is one");
    run.await.expect("b serves");
    assert_eq!((a.calls(), b.times()), (1, vec![100]));
}

#[tokio::test(start_paused = true)]
async fn r91_a_cordon_outlives_resets_and_updates() {
    let (runtime, a, b) = (seeded(), Script::of([ok()]), Script::of([ok()]));
    let plan = runtime.plan("cordon-pair").expect("it is linked");
    plan.cordon("a", "why not").expect("there is one");
    plan.reset();
    plan.update(Patch::new().timeout(ms(10))).expect("it is sound");
    runtime.scope(pair(&a, &b, true)).await.expect("b serves");
    assert_eq!((a.calls(), plan.cordoned("a").as_deref()), (0, Some("why not")));
    // Elsewhere nobody took it out.
    seeded().scope(pair(&a, &b, true)).await.expect("a serves");
    assert_eq!(a.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn r40_the_others_share_what_a_cordoned_provider_had() {
    #[quota(tag = "cordon-quota")]
    async fn shares(a: &Script, b: &Script, c: &Script) -> Answer {
        #[provider("a", weight = 50)]
        {
            a.call().await
        }
        #[provider("b", weight = 30)]
        {
            b.call().await
        }
        #[provider("c", weight = 20)]
        {
            c.call().await
        }
    }

    let (runtime, a, b, c) = (seeded(), Script::of([ok()]), Script::of([ok()]), Script::of([ok()]));
    let plan = runtime.plan("cordon-quota").expect("it is linked");
    plan.cordon("a", "drained by hand").expect("there is one");
    for _ in 0..50 {
        runtime.scope(shares(&a, &b, &c)).await.expect("they work");
    }
    assert_eq!((a.calls(), b.calls(), c.calls()), (0, 30, 20));
}

#[tokio::test(start_paused = true)]
async fn r92_cordons_are_told_and_names_must_be_right() {
    let runtime = seeded();
    let plan = runtime.plan("cordon-pair").expect("it is linked");
    let error = plan.cordon("c", "why not").expect_err("there is none");
    assert_eq!(error.to_string(), "the plan `cordon-pair` has no provider `c`; it has `a` and `b`");
    assert_eq!(plan.uncordon("c").map_err(|error| error.provider().to_owned()), Err("c".to_owned()));
    plan.cordon("a", String::from("why not")).expect("there is one");
    plan.uncordon("a").expect("there is one");
    plan.uncordon("a").expect("there is one");
    let told: Vec<_> =
        runtime.recent_events().iter().map(|event| serde_json::to_value(event).expect("it is data")).collect();
    let words = |key: &str| told.iter().map(|event| event[key].as_str().unwrap_or_default()).collect::<Vec<_>>();
    assert_eq!(words("event"), ["cordoned", "uncordoned"]);
    assert_eq!(words("provider"), ["a", "a"]);
    assert_eq!(words("reason"), ["why not", ""]);
    let hanging = Script::of([hang()]);
    let mut run = pin!(runtime.scope(pair(&hanging, &hanging, true)));
    begin(run.as_mut()).await;
    plan.cordon("a", "why not").expect("there is one");
    assert_eq!(hanging.running(), 1, "what is under way goes on");
}
