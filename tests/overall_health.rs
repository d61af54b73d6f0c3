//! R56: what all healthchecks of a program say together.
//!
//! A program of its own, because that depends on every healthcheck that is linked into it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use ductape::{Healthcheck, Overall, Runtime, Status, healthcheck};
use serde_json::json;
use tokio::time::{Instant, advance, sleep};

/// What the healthchecks here probe.
#[derive(Default)]
struct Client {
    down: AtomicBool,
    asked: AtomicUsize,
    /// In milliseconds.
    latency: AtomicU64,
}

impl Client {
    async fn ping(&self) -> Result<(), &'static str> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        sleep(Duration::from_millis(self.latency.load(Ordering::SeqCst))).await;
        if self.down.load(Ordering::SeqCst) { Err("down") } else { Ok(()) }
    }
}

#[healthcheck(tag = "one", interval = "10s", retries = 0, timeout = "1s", env = "prd")]
async fn one_health(client: &Client) -> Result<(), &'static str> {
    client.ping().await
}

#[healthcheck(tag = "two", interval = "10s", retries = 0, timeout = "1s", env = "prd", env = "staging")]
async fn two_health(client: &Client) -> Result<(), &'static str> {
    client.ping().await
}

#[healthcheck(tag = "elsewhere", interval = "10s", retries = 0, timeout = "1s", env = "dev")]
async fn elsewhere_health() -> Result<(), &'static str> {
    Err("it should never be asked")
}

/// The runtime of `prd`, and what its two healthchecks probe.
fn production() -> (Runtime, [Arc<Client>; 2]) {
    let clients = [20, 30].map(|latency| Arc::new(Client { latency: latency.into(), ..Client::default() }));
    let [one, two] = clients.each_ref().map(Arc::clone);
    let builder = Runtime::builder().env("prd").bind(&one_health, one).bind(&two_health, two);
    (builder.build().expect("building checks nothing that could be wrong"), clients)
}

/// The runtime of `prd`, each of whose healthchecks has been asked, unless it is `None`.
async fn judged(one: Option<bool>, two: Option<bool>) -> Runtime {
    let (runtime, clients) = production();
    let checks: [(&'static Healthcheck<Client>, _); 2] = [(&one_health, one), (&two_health, two)];
    for ((check, up), client) in checks.into_iter().zip(&clients) {
        if let Some(up) = up {
            client.down.store(!up, Ordering::SeqCst);
            runtime.scope(check.check()).await;
        }
    }
    runtime
}

/// The overall status, and the codes for both kinds of load balancer.
fn told(runtime: &Runtime) -> (Overall, u16, u16) {
    let health = runtime.health();
    (health.status, health.http(), health.strict_http())
}

#[tokio::test(start_paused = true)]
async fn r56_healthy_when_none_is_unhealthy() {
    let healthy = (Overall::Healthy, 200, 200);
    assert_eq!(told(&judged(Some(true), Some(true)).await), healthy);
    assert_eq!(told(&judged(Some(true), None).await), healthy, "unknown counts as healthy");
    assert_eq!(told(&judged(None, None).await), healthy, "unknown counts as healthy");
}

#[tokio::test(start_paused = true)]
async fn r56_healthy_without_any_checks() {
    let nowhere = Runtime::builder().env("nowhere").build().expect("building checks nothing that could be wrong");
    assert!(nowhere.health().checks.is_empty());
    assert_eq!(told(&nowhere), (Overall::Healthy, 200, 200));
}

#[tokio::test(start_paused = true)]
async fn r56_unhealthy_when_all_are() {
    assert_eq!(told(&judged(Some(false), Some(false)).await), (Overall::Unhealthy, 503, 503));
}

#[tokio::test(start_paused = true)]
async fn r56_degraded_between() {
    let degraded = (Overall::Degraded, 200, 503);
    assert_eq!(told(&judged(Some(false), Some(true)).await), degraded);
    assert_eq!(told(&judged(Some(true), Some(false)).await), degraded);
    assert_eq!(told(&judged(Some(false), None).await), degraded);
}

#[tokio::test(start_paused = true)]
async fn r56_a_stale_status_counts_as_unknown() {
    let runtime = judged(Some(false), Some(false)).await;
    advance(Duration::from_secs(22)).await;
    assert_eq!(told(&runtime), (Overall::Healthy, 200, 200));
}

#[tokio::test(start_paused = true)]
async fn r56_each_check_is_found_by_its_tag() {
    let health = judged(Some(true), Some(false)).await.health();
    let statuses: Vec<_> =
        health.checks.iter().map(|(tag, report)| (tag.as_str(), report.tag.as_str(), report.status)).collect();
    assert_eq!(statuses, [("one", "one", Status::Healthy), ("two", "two", Status::Unhealthy)]);
    assert_eq!(health.checks["two"].last_error.as_deref(), Some("down"));
}

#[tokio::test(start_paused = true)]
async fn r56_checks_of_other_environments_are_left_out() {
    let tags = |env: &'static str| {
        let runtime = Runtime::builder().env(env).build().expect("building checks nothing that could be wrong");
        runtime.health().checks.into_keys().collect::<Vec<_>>()
    };
    assert_eq!(tags("prd"), ["one", "two"]);
    assert_eq!(tags("staging"), ["two"]);
    assert_eq!(tags("dev"), ["elsewhere"]);
}

#[tokio::test(start_paused = true)]
async fn r56_a_check_of_another_environment_cannot_make_it_unhealthy() {
    let runtime = judged(Some(true), Some(true)).await;
    runtime.scope(elsewhere_health.check()).await;
    assert_eq!(told(&runtime), (Overall::Healthy, 200, 200));
}

#[tokio::test(start_paused = true)]
async fn r56_health_is_that_of_the_runtime_in_force() {
    let (bad, good) = (judged(Some(false), Some(false)).await, judged(Some(true), Some(true)).await);
    assert_eq!(bad.scope(async { ductape::health() }).await, bad.health());
    assert_eq!(bad.scope(async { ductape::health().http() }).await, 503);
    assert_eq!(good.scope(async { ductape::health().http() }).await, 200);
}

#[tokio::test(start_paused = true)]
async fn r56_check_health_checks_everything_now() {
    let (runtime, [one, two]) = production();
    two.down.store(true, Ordering::SeqCst);
    let health = runtime.scope(async { ductape::check_health().await }).await;
    assert_eq!((health.status, health.checks["one"].status), (Overall::Degraded, Status::Healthy));
    assert_eq!(health.checks["two"].status, Status::Unhealthy);
    assert_eq!(health, runtime.health(), "the plans know it too");
    assert_eq!(health.checks.len(), 2, "and nothing of other environments");

    two.down.store(false, Ordering::SeqCst);
    assert_eq!(runtime.check_health().await.status, Overall::Healthy);
    assert_eq!([&one, &two].map(|client| client.asked.load(Ordering::SeqCst)), [2, 2]);
}

#[tokio::test(start_paused = true)]
async fn r56_health_asks_nobody() {
    let (runtime, clients) = production();
    runtime.health();
    assert!(clients.iter().all(|client| client.asked.load(Ordering::SeqCst) == 0));
}

#[tokio::test(start_paused = true)]
async fn r56_health_is_json_through_serde() {
    let health = judged(Some(false), None).await.health();
    let mut json = serde_json::to_value(&health).expect("it has string keys");
    let checked = json["checks"]["one"]["last_checked"].take();
    assert!(checked.is_u64(), "milliseconds since 1970: {checked}");
    let unknown = json!({
        "tag": "two", "status": "unknown", "last_checked": null, "last_available": null, "last_available_at": null,
        "latency": null, "mean_latency": null, "failures": 0, "last_error": null,
    });
    let unhealthy = json!({
        "tag": "one", "status": "unhealthy", "last_checked": null, "last_available": false, "last_available_at": null,
        "latency": 20.0, "mean_latency": 20.0, "failures": 1, "last_error": "down",
    });
    assert_eq!(json, json!({ "status": "degraded", "checks": { "one": unhealthy, "two": unknown } }));

    for (one, two, status) in [(true, true, "healthy"), (false, false, "unhealthy")] {
        let health = judged(Some(one), Some(two)).await.health();
        let json = serde_json::to_value(&health).expect("it has string keys");
        assert_eq!(json["status"], status);
        assert_eq!(json["checks"]["one"]["status"], status);
    }
}

#[tokio::test(start_paused = true)]
async fn r52_the_first_round_is_over_when_every_healthcheck_has_answered_once() {
    let (runtime, clients) = production();
    let monitor = runtime.monitor();
    clients[0].down.store(true, Ordering::SeqCst);
    let began = Instant::now();
    monitor.first_round().await;
    assert_eq!(began.elapsed(), Duration::from_millis(30), "the slower one takes 30 ms");
    let health = runtime.health();
    assert_eq!((health.checks["one"].status, health.checks["two"].status), (Status::Unhealthy, Status::Healthy));
    assert!(clients.iter().all(|client| client.asked.load(Ordering::SeqCst) == 1));

    // Waiting for it again is no wait.
    monitor.first_round().await;
    assert_eq!(began.elapsed(), Duration::from_millis(30));
    assert!(clients.iter().all(|client| client.asked.load(Ordering::SeqCst) == 1));
}

#[tokio::test(start_paused = true)]
async fn r52_the_first_round_of_nothing_is_over_at_once() {
    let nowhere = Runtime::builder().env("nowhere").build().expect("building checks nothing that could be wrong");
    nowhere.monitor().first_round().await;
    assert!(nowhere.health().checks.is_empty());
}
