//! R52: when the monitor of a runtime checks.

use std::sync::Arc;
use std::time::Duration;

use ductape::{Healthcheck, Runtime, Status, healthcheck};
use tokio::time::sleep;

use super::{Probe, Try, millis, seconds};

#[healthcheck(tag = "monitor-plain", interval = "10s", retries = 0, timeout = "5s")]
async fn plain(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

/// One check can take three times its interval.
#[healthcheck(tag = "monitor-overlong", interval = "1s", retries = 2, timeout = "1s")]
async fn overlong(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

#[healthcheck(tag = "monitor-production", interval = "10s", retries = 0, env = "prd", env = "staging")]
async fn production(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

#[healthcheck(tag = "monitor-alone", interval = "10s", retries = 0, env = "monitor-alone")]
async fn alone() -> Result<(), &'static str> {
    if ductape::runtime().product() == "whole" { Ok(()) } else { Err("the product is broken") }
}

fn with(check: &'static Healthcheck<Probe>, probe: &Arc<Probe>) -> Runtime {
    let builder = Runtime::builder().seed(7).bind(check, Arc::clone(probe));
    builder.build().expect("building checks nothing that could be wrong")
}

fn gaps(probe: &Probe) -> Vec<Duration> {
    probe.asked().windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect()
}

#[tokio::test(start_paused = true)]
async fn r52_the_first_check_runs_at_start() {
    let probe = Arc::new(Probe::always(Try::Good));
    let runtime = with(&plain, &probe);
    let _monitor = runtime.monitor();
    sleep(millis(1)).await;
    assert_eq!(probe.asked_at(), [0]);
    assert_eq!(runtime.scope(async { plain.status() }).await, Status::Healthy);
}

#[tokio::test(start_paused = true)]
async fn r52_nothing_runs_without_a_monitor() {
    let probe = Arc::new(Probe::always(Try::Good));
    let runtime = with(&plain, &probe);
    runtime.scope(sleep(seconds(100))).await;
    assert!(probe.asked_at().is_empty());
}

#[tokio::test(start_paused = true)]
async fn r52_checks_run_every_interval_give_or_take_a_tenth() {
    let probe = Arc::new(Probe::always(Try::Good));
    let _monitor = with(&plain, &probe).monitor();
    sleep(seconds(3_000)).await;
    let gaps = gaps(&probe);
    assert!(gaps.len() >= 272, "{} checks in 3000 s", gaps.len());
    // A timer may fire a millisecond late.
    let (least, most) = (seconds(9), millis(11_001));
    assert!(gaps.iter().all(|gap| (least..=most).contains(gap)), "{gaps:?}");
    // The jitter is spread over the whole tenth, to both sides.
    assert!(gaps.iter().any(|gap| *gap < millis(9_200)));
    assert!(gaps.iter().any(|gap| *gap > millis(10_800)));
    let mean = gaps.iter().sum::<Duration>() / u32::try_from(gaps.len()).expect("a few hundred");
    assert!((millis(9_800)..millis(10_200)).contains(&mean), "{mean:?} on average");
}

#[tokio::test(start_paused = true)]
async fn r52_the_interval_includes_the_time_of_the_check() {
    let probe = Arc::new(Probe::always(Try::Slow(4_000)));
    let _monitor = with(&plain, &probe).monitor();
    sleep(seconds(300)).await;
    let gaps = gaps(&probe);
    assert!(gaps.len() >= 26 && gaps.iter().all(|gap| (seconds(9)..=millis(11_001)).contains(gap)), "{gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn r52_instances_without_a_seed_do_not_check_in_step() {
    let probes = [(); 2].map(|()| Arc::new(Probe::always(Try::Good)));
    let runtime = |probe: &Arc<Probe>| {
        let builder = Runtime::builder().bind(&plain, Arc::clone(probe));
        builder.build().expect("building checks nothing that could be wrong")
    };
    let _monitors = [runtime(&probes[0]).monitor(), runtime(&probes[1]).monitor()];
    sleep(seconds(200)).await;
    assert_ne!(probes[0].asked(), probes[1].asked());
}

#[tokio::test(start_paused = true)]
async fn r52_never_two_at_a_time_for_one_healthcheck() {
    let probe = Arc::new(Probe::always(Try::Hang));
    let runtime = with(&overlong, &probe);
    let _monitor = runtime.monitor();
    // Callers come on top of the monitor.
    let callers: Vec<_> = (0..5)
        .map(|caller| {
            tokio::spawn(runtime.scope(async move {
                sleep(millis(700 * caller)).await;
                overlong.check().await;
            }))
        })
        .collect();
    sleep(seconds(60)).await;
    assert!(callers.iter().all(tokio::task::JoinHandle::is_finished), "everybody gets a turn");
    assert_eq!(probe.most_at_once(), 1);
}

#[tokio::test(start_paused = true)]
async fn r52_checks_that_take_longer_than_the_interval_still_follow_each_other() {
    let probe = Arc::new(Probe::always(Try::Hang));
    let _monitor = with(&overlong, &probe).monitor();
    sleep(seconds(33)).await;
    // A check takes 3.3 s: three tries of 1 s, and 100 and 200 ms between.
    let tries = probe.asked().len();
    assert!((27..=31).contains(&tries), "{tries} tries in 33 s");
}

#[tokio::test(start_paused = true)]
async fn r52_panics_and_hangs_do_not_stop_the_monitor() {
    let probe = Arc::new(Probe::script([Try::Panic, Try::Hang, Try::Panic, Try::Bad("no")], Try::Good));
    let runtime = with(&plain, &probe);
    let _monitor = runtime.monitor();
    let status = async || runtime.scope(async { plain.status() }).await;
    sleep(seconds(1)).await;
    assert_eq!(status().await, Status::Unhealthy);
    sleep(seconds(60)).await;
    assert!(probe.asked().len() >= 5, "{:?}", probe.asked());
    assert_eq!(status().await, Status::Healthy);
}

#[tokio::test(start_paused = true)]
async fn r52_dropping_the_monitor_stops_the_checks() {
    let probe = Arc::new(Probe::always(Try::Good));
    let runtime = with(&plain, &probe);
    let monitor = runtime.monitor();
    sleep(seconds(25)).await;
    drop(monitor);
    let asked = probe.asked();
    assert!(asked.len() >= 2, "{asked:?}");
    sleep(seconds(1_000)).await;
    assert_eq!(probe.asked(), asked);
}

#[tokio::test(start_paused = true)]
async fn r52_dropping_the_monitor_ends_a_check_under_way() {
    let probe = Arc::new(Probe::always(Try::Hang));
    let monitor = with(&overlong, &probe).monitor();
    sleep(millis(500)).await;
    assert_eq!(probe.under_way(), 1);
    drop(monitor);
    sleep(millis(1)).await;
    assert_eq!(probe.under_way(), 0);
    sleep(seconds(100)).await;
    assert_eq!(probe.asked_at(), [0]);
}

#[tokio::test(start_paused = true)]
async fn r52_a_monitor_can_follow_another() {
    let probe = Arc::new(Probe::always(Try::Good));
    let runtime = with(&plain, &probe);
    let first = runtime.monitor();
    sleep(millis(5_000)).await;
    drop(first);
    let _second = runtime.monitor();
    sleep(millis(1)).await;
    assert_eq!(probe.asked_at(), [0, 5_000], "the second one starts with a check of its own");
}

/// A dead monitor must not leave "healthy" standing.
#[tokio::test(start_paused = true)]
async fn r53_what_a_dropped_monitor_knew_goes_stale() {
    let probe = Arc::new(Probe::always(Try::Good));
    let runtime = with(&plain, &probe);
    let monitor = runtime.monitor();
    sleep(millis(1)).await;
    drop(monitor);
    runtime.scope(async { assert_eq!(plain.status(), Status::Healthy) }).await;
    sleep(seconds(26)).await;
    runtime.scope(async { assert_eq!(plain.status(), Status::Unknown) }).await;
}

#[tokio::test(start_paused = true)]
async fn r53_a_status_stays_fresh_under_a_monitor() {
    let probe = Arc::new(Probe::always(Try::Good));
    let runtime = with(&plain, &probe);
    let _monitor = runtime.monitor();
    for _ in 0..300 {
        sleep(seconds(1)).await;
        runtime.scope(async { assert_eq!(plain.status(), Status::Healthy) }).await;
    }
}

#[tokio::test(start_paused = true)]
async fn probes_run_in_the_scope_of_their_runtime() {
    for (product, status) in [("whole", Status::Healthy), ("broken", Status::Unhealthy)] {
        let builder = Runtime::builder().product(product).env("monitor-alone");
        let runtime = builder.build().expect("building checks nothing that could be wrong");
        let _monitor = runtime.monitor();
        sleep(millis(1)).await;
        runtime.scope(async { assert_eq!(alone.status(), status) }).await;
    }
}

#[test]
fn a_monitor_outside_tokio_is_no_panic() {
    let runtime = Runtime::builder().env("monitor-alone").build().expect("building checks nothing that could be wrong");
    drop(runtime.monitor());
    assert_eq!(runtime.health().checks["monitor-alone"].status, Status::Unknown);
}

#[tokio::test(start_paused = true)]
async fn checks_run_only_in_their_environments() {
    for (env, runs) in [("prd", true), ("staging", true), ("dev", false), ("", false)] {
        let probe = Arc::new(Probe::always(Try::Good));
        let builder = Runtime::builder().env(env).bind(&production, Arc::clone(&probe));
        let runtime = builder.build().expect("building checks nothing that could be wrong");
        let _monitor = runtime.monitor();
        sleep(seconds(25)).await;
        assert_eq!(!probe.asked().is_empty(), runs, "in {env:?}");
        let status = runtime.scope(async { production.status() }).await;
        assert_eq!(status, if runs { Status::Healthy } else { Status::Unknown }, "in {env:?}");
    }
}
