use axum::http::Method;
use ductape_console::Console;
use serde_json::json;

use crate::support::{Answer, World};

#[tokio::test(start_paused = true)]
async fn r56_health_answers_503_when_all_are_unhealthy_and_tells_each_check() {
    let world = World::new();
    let statuses = |health: &serde_json::Value| {
        [&health["status"], &health["checks"]["twilio-health"]["status"], &health["checks"]["nexmo-health"]["status"]]
            .map(|status| status.as_str().unwrap_or_default().to_owned())
    };
    let unknown = world.get("/health").await.json(200);
    assert_eq!(statuses(&unknown), ["healthy", "unknown", "unknown"]);

    world.up(true, false).await;
    let some = world.get("/health").await.json(200);
    assert_eq!(statuses(&some), ["degraded", "healthy", "unhealthy"]);
    assert_eq!(some["checks"]["nexmo-health"]["last_error"], "Down");
    assert_eq!(some["checks"]["nexmo-health"]["last_available"], json!(false));

    world.up(false, false).await;
    let none = world.get("/health").await.json(503);
    assert_eq!(statuses(&none), ["unhealthy", "unhealthy", "unhealthy"]);

    world.up(true, true).await;
    let all = world.get("/health").await.json(200);
    assert_eq!(statuses(&all), ["healthy", "healthy", "healthy"]);
}

#[tokio::test(start_paused = true)]
async fn r56_strict_health_answers_503_unless_all_are_healthy() {
    let world = World::new();
    let strict = || Console::new().strict_health().router(&world.runtime);
    world.up(true, true).await;
    assert_eq!(Answer::of(strict(), Method::GET, "/health", None, "").await.json(200)["status"], "healthy");
    world.up(true, false).await;
    assert_eq!(Answer::of(strict(), Method::GET, "/health", None, "").await.json(503)["status"], "degraded");
    world.up(false, false).await;
    assert_eq!(Answer::of(strict(), Method::GET, "/health", None, "").await.json(503)["status"], "unhealthy");
}

#[tokio::test(start_paused = true)]
async fn a_process_is_alive_whatever_its_providers_do() {
    let world = World::new();
    world.up(false, false).await;
    assert_eq!(world.get("/health/live").await.json(200), json!({ "status": "alive" }));
}

#[tokio::test(start_paused = true)]
async fn a_load_balancer_may_ask_for_the_head_alone() {
    let world = World::new();
    world.up(false, false).await;
    let head = Answer::of(ductape_console::router(&world.runtime), Method::HEAD, "/health", None, "").await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (503, ""));
}
