use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ductape::{Breaker, Forced, Patch, Runtime, Verdict};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::{audit, book, gateway, pay};

/// As an application sets it up, but for this thread alone.
pub(crate) fn recorder() -> PrometheusRecorder {
    let durations = Matcher::Suffix("_duration_seconds".to_owned());
    let builder = PrometheusBuilder::new().set_buckets_for_metric(durations, &[0.01, 0.1, 1.0]);
    builder.expect("there are buckets").build_recorder()
}

/// Every series with its value.
pub(crate) fn series(handle: &PrometheusHandle) -> BTreeMap<String, String> {
    let text = handle.render();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let pair = |line: &str| {
        let (series, value) = line.rsplit_once(' ').expect("a value stands last");
        (series.to_owned(), value.to_owned())
    };
    lines.map(pair).collect()
}

/// Those that are not zero, and not about durations.
fn counted(handle: &PrometheusHandle) -> Vec<String> {
    let all = series(handle).into_iter().filter(|(series, value)| value != "0" && !series.contains("_duration_"));
    all.map(|(series, value)| format!("{} {value}", series.trim_start_matches("ductape_"))).collect()
}

fn runtime() -> (Runtime, Arc<AtomicBool>) {
    let well = Arc::new(AtomicBool::new(true));
    let runtime = Runtime::builder().bind(&gateway, Arc::clone(&well)).build();
    (runtime.expect("it is bound"), well)
}

#[tokio::test(start_paused = true)]
async fn r93_every_series_is_there_before_the_first_call() {
    let recorder = recorder();
    let handle = recorder.handle();
    let _local = metrics::set_default_local_recorder(&recorder);
    let monitor = Runtime::builder().bind(&gateway, AtomicBool::new(true)).start().expect("it is bound");
    let series = series(&handle);
    let of = |start: &str| series.keys().filter(|series| series.starts_with(start)).count();
    let both = "plan=\"pay\",provider=";
    assert_eq!(of("ductape_runs_total{plan=\"pay\",outcome="), 10);
    assert_eq!(of("ductape_runs_in_flight{plan=\"pay\"}"), 1);
    assert_eq!(of(&format!("ductape_attempts_total{{{both}\"stripe\",outcome=")), 7);
    assert_eq!(of(&format!("ductape_attempts_in_flight{{{both}")), 2);
    assert_eq!(of(&format!("ductape_retries_total{{{both}")), 2);
    assert_eq!(of(&format!("ductape_failovers_total{{{both}")), 2);
    assert_eq!(of(&format!("ductape_masked_failures_total{{{both}")), 2);
    assert_eq!(of(&format!("ductape_skips_total{{{both}\"paypal\",reason=")), 9);
    assert_eq!(of(&format!("ductape_shadowed_total{{{both}\"paypal\",reason=")), 3);
    assert_eq!(of(&format!("ductape_cost{{{both}")), 2);
    assert_eq!(of(&format!("ductape_breaker_state{{{both}\"stripe\"}}")), 1);
    assert_eq!(of(&format!("ductape_breaker_state{{{both}\"paypal\"}}")), 0, "it has none");
    assert_eq!(of(&format!("ductape_breaker_changes_total{{{both}\"stripe\",outcome=")), 3);
    assert_eq!(series["ductape_healthy{healthcheck=\"gateway\"}"], "1");
    let others = series.iter().filter(|(series, _)| !series.starts_with("ductape_healthy"));
    assert!(others.into_iter().all(|(_, value)| value == "0"), "{series:?}");
    for metric in ["ductape_run_duration_seconds", "ductape_attempt_duration_seconds"] {
        assert!(series.keys().any(|series| series.starts_with(&format!("{metric}_bucket{{plan=\"pay\""))), "{metric}");
        assert!(handle.render().contains(&format!("# HELP {metric} ")));
    }
    drop(monitor);
}

#[tokio::test(start_paused = true)]
async fn r93_what_an_update_adds_has_its_series_at_once_and_is_counted() {
    let recorder = recorder();
    let handle = recorder.handle();
    let _local = metrics::set_default_local_recorder(&recorder);
    let (runtime, _) = runtime();
    let state = "ductape_breaker_state{plan=\"pay\",provider=\"paypal\"}";
    runtime.scope(pay(&[Ok(()), Ok(()), Ok(())], false)).await.expect("stripe works");
    let before = series(&handle);
    assert_eq!(before.get(state), None, "it has none");
    let patch = Patch::new().provider("paypal", Patch::new().breaker(Breaker::new().failures(1)));
    runtime.plan("pay").expect("it is linked").update(patch).expect("it is sound");
    let after = series(&handle);
    assert_eq!(after.get(state).map(String::as_str), Some("0"));
    assert!(before.iter().all(|(series, value)| after.get(series) == Some(value)), "nothing else has changed");

    let failing = [Err(Verdict::Retry), Err(Verdict::Retry), Err(Verdict::Retry)];
    let _ = runtime.scope(pay(&failing, false)).await;
    assert_eq!(series(&handle)[state], "2");
}

#[tokio::test(start_paused = true)]
async fn r93_what_happens_is_counted() {
    let recorder = recorder();
    let handle = recorder.handle();
    let _local = metrics::set_default_local_recorder(&recorder);
    let (runtime, well) = runtime();

    // A clean run, after 100 ms.
    runtime.scope(pay(&[Ok(()), Ok(()), Ok(())], true)).await.expect("stripe works");
    let expected = [
        "attempts_total{plan=\"pay\",provider=\"stripe\",outcome=\"served\"} 1",
        "cost{plan=\"pay\",provider=\"stripe\"} 0.5",
        "runs_total{plan=\"pay\",outcome=\"served\"} 1",
    ];
    assert_eq!(counted(&handle), expected);
    let durations = series(&handle);
    let duration = |series: &str| &durations[&format!("ductape_{series}")];
    assert_eq!(duration("run_duration_seconds_bucket{plan=\"pay\",le=\"0.01\"}"), "0");
    assert_eq!(duration("run_duration_seconds_bucket{plan=\"pay\",le=\"0.1\"}"), "1");
    assert_eq!(duration("attempt_duration_seconds_sum{plan=\"pay\",provider=\"stripe\"}"), "0.1");

    // A retry; another failure opens the breaker; paypal makes it good.
    let failing = [Err(Verdict::Retry), Err(Verdict::Retry), Ok(())];
    runtime.scope(pay(&failing, false)).await.expect("paypal works");
    let now = series(&handle);
    let at = |series: &str| &now[&format!("ductape_{series}")];
    assert_eq!(at("attempts_total{plan=\"pay\",provider=\"stripe\",outcome=\"failed\"}"), "2");
    assert_eq!(at("retries_total{plan=\"pay\",provider=\"stripe\"}"), "1");
    assert_eq!(at("failovers_total{plan=\"pay\",provider=\"paypal\"}"), "1");
    assert_eq!(at("masked_failures_total{plan=\"pay\",provider=\"stripe\"}"), "1");
    assert_eq!(at("breaker_state{plan=\"pay\",provider=\"stripe\"}"), "2");
    assert_eq!(at("breaker_changes_total{plan=\"pay\",provider=\"stripe\",outcome=\"open\"}"), "1");
    assert_eq!(at("cost{plan=\"pay\",provider=\"stripe\"}"), "1.5");
    assert_eq!(at("attempt_duration_seconds_count{plan=\"pay\",provider=\"stripe\"}"), "1", "of successes only");

    // Refused, twice; then there is no token any more.
    for _ in 0..2 {
        runtime.scope(pay(&failing, false)).await.expect("paypal works, or it is degraded");
    }
    let now = series(&handle);
    let at = |series: &str| &now[&format!("ductape_{series}")];
    assert_eq!(at("skips_total{plan=\"pay\",provider=\"stripe\",reason=\"breaker_open\"}"), "2");
    assert_eq!(at("skips_total{plan=\"pay\",provider=\"paypal\",reason=\"rate_limited\"}"), "1");
    assert_eq!(at("runs_total{plan=\"pay\",outcome=\"degraded\"}"), "1");

    // An operator knows better, and then the healthcheck.
    let handle_of_plan = runtime.plan("pay").expect("it is linked");
    handle_of_plan.force_breaker("stripe", Some(Forced::Closed));
    runtime.scope(pay(&[Ok(()), Ok(()), Ok(())], false)).await.expect("stripe works");
    handle_of_plan.reset_breaker("stripe");
    well.store(false, Ordering::Relaxed);
    runtime.scope(gateway.check()).await;
    let now = series(&handle);
    let at = |series: &str| &now[&format!("ductape_{series}")];
    assert_eq!(at("shadowed_total{plan=\"pay\",provider=\"stripe\",reason=\"breaker\"}"), "1");
    assert_eq!(at("breaker_state{plan=\"pay\",provider=\"stripe\"}"), "0");
    assert_eq!(at("breaker_changes_total{plan=\"pay\",provider=\"stripe\",outcome=\"closed\"}"), "1");
    assert_eq!(at("healthy{healthcheck=\"gateway\"}"), "0");
}

#[tokio::test(start_paused = true)]
async fn r93_gauges_fall_when_runs_end_or_are_dropped() {
    let recorder = recorder();
    let handle = recorder.handle();
    let _local = metrics::set_default_local_recorder(&recorder);
    let (runtime, _) = runtime();
    let in_flight = || {
        let now = series(&handle);
        ["runs_in_flight{plan=\"pay\"}", "attempts_in_flight{plan=\"pay\",provider=\"stripe\"}"]
            .map(|series| now.get(&format!("ductape_{series}")).cloned().unwrap_or_default())
    };
    let good = [Ok(()), Ok(()), Ok(())];
    let dropped = tokio::time::timeout(Duration::from_millis(50), runtime.scope(pay(&good, true)));
    let seen = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        in_flight()
    };
    let (dropped, seen) = tokio::join!(dropped, seen);
    assert!(dropped.is_err());
    assert_eq!(seen, ["1", "1"]);
    assert_eq!(in_flight(), ["0", "0"]);
    assert_eq!(series(&handle)["ductape_runs_total{plan=\"pay\",outcome=\"dropped\"}"], "1");
}

#[tokio::test(start_paused = true)]
async fn r74_r93_a_breaker_that_plans_share_has_one_series() {
    let recorder = recorder();
    let handle = recorder.handle();
    let _local = metrics::set_default_local_recorder(&recorder);
    let (runtime, _) = runtime();
    let states = || {
        let all = series(&handle).into_iter().filter(|(series, _)| series.contains("breaker_state"));
        all.map(|(series, value)| format!("{} {value}", series.trim_start_matches("ductape_"))).collect::<Vec<_>>()
    };
    runtime.scope(audit()).await.expect("it works");
    assert_eq!(states(), ["dependency_breaker_state{dependency=\"ledger\"} 0"]);
    runtime.scope(book(Err(Verdict::Retry))).await.expect_err("it fails");
    runtime.scope(audit()).await.expect_err("the breaker is open");
    assert_eq!(states(), ["dependency_breaker_state{dependency=\"ledger\"} 2"]);
    tokio::time::advance(Duration::from_secs(60)).await;
    runtime.scope(audit()).await.expect("it works");
    assert_eq!(states(), ["dependency_breaker_state{dependency=\"ledger\"} 0"]);
    let changes = series(&handle);
    assert_eq!(changes["ductape_dependency_breaker_changes_total{dependency=\"ledger\",outcome=\"half_open\"}"], "1");
}
