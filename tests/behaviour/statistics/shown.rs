use ductape::{Verdict, action, fallback, healthcheck};
use serde_json::json;

use super::stats;
use crate::support::{Answer, Script, Scripted, fail, ok, seeded};

#[healthcheck(tag = "stats-health", interval = "1h")]
async fn unwell() -> Result<(), Scripted> {
    Err(Scripted { verdict: Verdict::Retry, call: 1 })
}

#[fallback(tag = "stats-shown", classify(Scripted::verdict))]
async fn plan(a: &Script, b: &Script) -> Answer {
    #[primary("stripe", breaker(failures = 1, cooldown = "10s"), cost = 0.5)]
    {
        a.call().await
    }
    #[fallback("paypal", bulkhead = 5, healthcheck(unwell), cost = 0.75)]
    {
        b.call().await
    }
}

#[tokio::test(start_paused = true)]
async fn r94_a_table_shows_every_window() {
    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Failover)]), Script::of([ok().after(128)]));
    for _ in 0..2 {
        runtime.scope(plan(&a, &b)).await.expect("paypal works");
    }
    let expected = "\
last minute  calls  ok  failed  timeout  throttled  aborted  dropped  skipped  retries  masked    p50    p95    p99
stats-shown      2   2       0                            0        0                 0       2  126ms  126ms  126ms
  stripe         1   0       1        0          0        0        0        1        0       2      -      -      -
  paypal         2   2       0        0          0        0        0        0        0       0  126ms  126ms  126ms
";
    let shown = stats(&runtime, "stats-shown").to_string();
    assert!(shown.starts_with(expected), "\n{shown}");
    assert!(shown.contains("\nlast hour "), "\n{shown}");
    assert!(shown.contains("\nsince start "), "\n{shown}");
    assert!(shown.ends_with("\nin flight: 0, cost: 2, more than without fallbacks: 0.5"), "\n{shown}");
}

#[tokio::test(start_paused = true)]
async fn r94_statistics_serialize_with_latencies_in_milliseconds() {
    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Failover)]), Script::of([ok().after(128)]));
    runtime.scope(plan(&a, &b)).await.expect("paypal works");
    let json = serde_json::to_value(stats(&runtime, "stats-shown")).expect("it serializes");
    assert_eq!(json["plan"], "stats-shown");
    assert_eq!(json["in_flight"], 0);
    assert_eq!(json["last_minute"]["masked"], 1);
    assert_eq!(json["providers"][0]["provider"], "stripe");
    assert_eq!(json["providers"][0]["last_hour"]["failures"], 1);
    assert_eq!(json["providers"][0]["since_start"]["latency"], json!({ "p50": null, "p95": null, "p99": null }));
    assert_eq!(json["providers"][1]["since_start"]["latency"]["p50"], 126.976);
    assert_eq!(json["providers"][1]["since_start"]["skips"]["unhealthy"], 0);
}

#[tokio::test(start_paused = true)]
async fn r94_totals_go_on_when_the_statistics_begin_anew() {
    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Failover)]), Script::of([ok().after(128)]));
    let handle = runtime.plan("stats-shown").expect("it is linked");
    runtime.scope(plan(&a, &b)).await.expect("paypal works");
    let earlier = handle.totals();
    handle.reset();
    runtime.scope(plan(&a, &b)).await.expect("paypal works");
    let later = handle.totals();
    let [(stripe, failed), (paypal, worked)] = &later[..] else { panic!("there are two") };
    assert_eq!((stripe.as_str(), failed.calls, failed.failures, failed.successes()), ("stripe", 2, 2, 0));
    assert_eq!((paypal.as_str(), worked.calls, worked.failures, worked.successes()), ("paypal", 2, 0, 2));
    assert_eq!(worked.since(&earlier[1].1).latency(), handle.stats().providers[1].since_start.latency);
    assert_eq!(handle.stats().providers[1].since_start.calls, 1);
    let without = ductape::Runtime::builder().statistics(false).build().expect("it is sound");
    assert!(without.plan("stats-shown").expect("it is linked").totals().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_tells_of_every_plan_how_it_stands() {
    #[action(tag = "stats-unused")]
    async fn unused() -> ductape::Result<(), Scripted> {
        Ok(())
    }
    let _ = unused;

    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Failover)]), Script::of([ok()]));
    runtime.scope(plan(&a, &b)).await.expect("paypal works");
    runtime.scope(unwell.check()).await;
    let snapshot = runtime.snapshot();
    assert_eq!(snapshot.plans.len(), ductape::plans().len(), "also those that have never run");
    let of = |tag: &str| snapshot.plans.iter().find(|plan| plan.stats.plan == tag).expect("it is linked");
    assert_eq!(of("stats-unused").stats.since_start.calls, 0);
    let shown = of("stats-shown");
    assert_eq!(shown.stats.since_start.masked, 1);
    let json = serde_json::to_value(&snapshot).expect("it serializes");
    assert_eq!(json["health"]["checks"]["stats-health"]["status"], "unhealthy");
    let json = serde_json::to_value(shown).expect("it serializes");
    assert_eq!(json["providers"][0]["breaker"]["state"], "open");
    assert_eq!(json["providers"][0]["bulkhead"], json!(null));
    assert_eq!(json["providers"][1]["bulkhead"], json!({ "taken": 0, "waiting": 0 }));
    assert_eq!(json["providers"][1]["health"], "unhealthy");
    assert!(shown.to_string().ends_with("\nstripe: breaker open for 10s\npaypal: unhealthy, 0 at once, 0 waiting"));
    assert!(snapshot.to_string().starts_with("health: "));
}
