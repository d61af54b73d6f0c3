use ductape::{Forced, Patch, Runtime, Verdict, fallback, healthcheck, partial};

use super::{Ear, pair};
use crate::support::{Answer, Script, Scripted, fail, hang, ok, seeded};

#[tokio::test(start_paused = true)]
async fn r92_what_happens_in_a_run_is_told_within_its_span() {
    let (ear, runtime) = (Ear::default(), seeded());
    let _listening = ear.listen();
    let (a, b) = (Script::of([fail(Verdict::Retry)]), Script::of([ok().after(5)]));
    runtime.scope(pair(&a, &b)).await.expect("b works");
    let told: Vec<_> = ear.events().into_iter().filter(|event| !event.contains(": in ")).collect();
    assert_eq!(
        told,
        [
            "ductape.attempt INFO: attempt_failed attempt=1 event=attempt_failed outcome=failed plan=trace-pair provider=a error.message=Retry",
            "ductape.run INFO: retry attempt=2 event=retry plan=trace-pair provider=a wait_ms=10.0",
            "ductape.attempt INFO: attempt_failed attempt=2 event=attempt_failed outcome=failed plan=trace-pair provider=a error.message=Retry",
            "ductape.run INFO: failover event=failover from=a plan=trace-pair provider=b",
            "ductape.run WARN: masked by=b event=masked plan=trace-pair provider=a",
            "ductape.run DEBUG: run_finished attempts=3 elapsed_ms=15.0 event=run_finished outcome=served plan=trace-pair provider=b",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn r92_skips_breakers_and_degrading_are_told() {
    #[fallback(tag = "trace-gates", classify(Scripted::verdict), timeout = "1s")]
    async fn plan(wanted: bool, a: &Script) -> Answer {
        #[primary("a", breaker(failures = 1, cooldown = "10s"))]
        {
            a.call().await
        }
        #[fallback("b", when(wanted))]
        {
            a.call().await
        }
        #[degrade]
        {
            Ok(0)
        }
    }

    let (ear, runtime, a) = (Ear::default(), seeded(), Script::of([fail(Verdict::Failover)]));
    runtime.scope(plan(false, &a)).await.expect("it is degraded, and nobody hears it");
    let _listening = ear.listen();
    runtime.plan("trace-gates").expect("it is linked").force_breaker("a", Some(Forced::Closed));
    runtime.plan("trace-gates").expect("it is linked").force_breaker("a", None);
    runtime.scope(plan(false, &a)).await.expect("it is degraded");
    assert_eq!(
        ear.events(),
        [
            "- WARN: breaker_forced event=breaker_forced plan=trace-gates provider=a to=closed",
            "- WARN: breaker_forced event=breaker_forced plan=trace-gates provider=a to=free",
            "ductape.run INFO: skipped event=skipped plan=trace-gates provider=a reason=breaker_open retry_in_ms=10000.0",
            "ductape.run DEBUG: skipped event=skipped plan=trace-gates provider=b reason=when",
            "ductape.run WARN: degraded event=degraded plan=trace-gates",
            "ductape.run DEBUG: run_finished attempts=0 elapsed_ms=0.0 event=run_finished outcome=degraded plan=trace-gates",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn r92_changes_of_health_are_told_outside_of_any_run() {
    #[healthcheck(tag = "trace-health", interval = "10s")]
    async fn probe(a: &Script) -> Result<(), Scripted> {
        a.call().await.map(|_| ())
    }

    let script = Script::of([ok(), fail(Verdict::Retry)]);
    let runtime = Runtime::builder().bind(&probe, script).build().expect("it is bound");
    let ear = Ear::default();
    let _listening = ear.listen();
    runtime.scope(async { (probe.check().await, probe.check().await) }).await;
    assert_eq!(
        ear.events(),
        [
            "- WARN: health_changed event=health_changed from=unknown healthcheck=trace-health to=healthy",
            "- WARN: health_changed event=health_changed from=healthy healthcheck=trace-health to=unhealthy",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn r92_the_error_of_a_part_is_told_as_the_parts_own_type_shows_it() {
    #[partial(tag = "trace-parts")]
    async fn page() -> Result<bool, Scripted> {
        #[part("news")]
        let news = async { Err::<(), _>("no paper") }.await;
        Ok(news.is_ok())
    }
    let (ear, runtime) = (Ear::default(), seeded());
    let _listening = ear.listen();
    assert!(!runtime.scope(page()).await.expect("it is optional"));
    let told = ear.events();
    assert!(told[0].ends_with("plan=trace-parts provider=news error.message=no paper"), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn r92_every_field_stands_in_the_documented_table() {
    #[fallback(tag = "trace-fields", classify(Scripted::verdict), timeout = "1s")]
    async fn plan(a: &Script) -> Answer {
        #[primary("a", breaker(failures = 1, cooldown = "10s", shadow))]
        {
            a.call().await
        }
        #[fallback("b", rate_limit(rate = "1/m", burst = 1))]
        {
            Ok(1)
        }
        #[degrade]
        {
            Ok(0)
        }
    }
    #[healthcheck(tag = "trace-field-health", interval = "10s")]
    async fn probe() -> Result<(), Scripted> {
        Ok(())
    }

    let (ear, runtime, a) = (Ear::default(), seeded(), Script::of([fail(Verdict::Failover)]));
    let _listening = ear.listen();
    for _ in 0..3 {
        runtime.scope(plan(&a)).await.expect("b works, or it is degraded");
    }
    let slow = Script::of([fail(Verdict::Retry), hang()]);
    runtime.scope(pair(&slow, &a)).await.expect_err("all fail");
    runtime.scope(probe.check()).await;
    let handle = runtime.plan("trace-fields").expect("it is linked");
    handle.update(Patch::new().retries(1)).expect("it is sound");

    let readme = include_str!("../../../README.md");
    let section = readme.split("### ").find(|section| section.starts_with("Spans")).expect("there is one");
    let told: Vec<_> = ear.fields().into_iter().filter(|field| field.contains('.')).collect();
    let missing: Vec<_> = told.iter().filter(|field| !section.contains(&format!("`{field}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let table = section.split("| field |").nth(1).expect("there is one");
    let names = table.lines().filter_map(|line| line.strip_prefix("| `")?.split(" |").next());
    let documented = names.flat_map(|names| names.split(", ").map(|name| name.trim_matches('`')));
    let idle: Vec<_> = documented.filter(|name| !told.contains(name)).collect();
    assert!(idle.is_empty(), "{idle:?}");
}
