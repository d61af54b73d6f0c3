use axum::http::Method;
use ductape_console::Console;
use metrics_exporter_prometheus::PrometheusBuilder;

use crate::support::{Answer, World};

#[tokio::test(start_paused = true)]
async fn r93_metrics_are_prometheus_text_with_every_series() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _local = metrics::set_default_local_recorder(&recorder);
    let world = World::new();
    world.first_fails().await;
    let router = Console::new().metrics(move || handle.render()).router(&world.runtime);
    let answer = Answer::of(router, Method::GET, "/metrics", None, "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    let masked = "ductape_masked_failures_total{plan=\"ask\",provider=\"first\"} 1\n";
    assert!(answer.text.contains(masked), "{}", answer.text);
}

#[tokio::test(start_paused = true)]
async fn without_an_exporter_there_is_nothing_to_show() {
    let world = World::new();
    assert_eq!(world.get("/metrics").await.error(404), "no exporter was given to `Console::metrics`");
}
