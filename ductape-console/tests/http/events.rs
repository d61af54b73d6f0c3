use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::support::{World, ask};

/// An open stream of events.
struct Stream(Body);

impl Stream {
    async fn open(world: &World, path: &str) -> Self {
        let request = Request::builder().uri(path).body(Body::empty()).expect("it is a request");
        let response = ductape_console::router(&world.runtime).oneshot(request).await.expect("it is infallible");
        let header = |name: &str| response.headers()[name].to_str().expect("it is text").to_owned();
        assert_eq!(response.status(), 200);
        assert_eq!(header("content-type"), "text/event-stream");
        assert_eq!([header("cache-control"), header("x-accel-buffering")], ["no-cache", "no"]);
        Self(response.into_body())
    }

    async fn frame(&mut self) -> String {
        let frame = self.0.frame().await.expect("it goes on").expect("it does not fail");
        String::from_utf8(frame.into_data().expect("it is data").to_vec()).expect("it is text")
    }

    /// The next event: its name, which is in the JSON as well, and the JSON.
    async fn event(&mut self) -> (String, Value) {
        let frame = self.frame().await;
        let mut lines = frame.lines();
        let name = lines.next().and_then(|line| line.strip_prefix("event: ")).expect("it has a name").to_owned();
        let data = lines.next().and_then(|line| line.strip_prefix("data: ")).expect("it has data");
        assert_eq!((lines.next(), lines.next()), (Some(""), None), "{frame}");
        let json: Value = serde_json::from_str(data).expect("it is JSON");
        assert_eq!(json["event"], name);
        (name, json)
    }

    async fn names(&mut self, count: usize) -> Vec<String> {
        let mut names = Vec::new();
        for _ in 0..count {
            names.push(self.event().await.0);
        }
        names
    }
}

const OF_A_FAILURE: [&str; 4] = ["attempt_failed", "failover", "masked", "run_finished"];

#[tokio::test(start_paused = true)]
async fn events_come_as_they_happen_and_those_of_clean_runs_too() {
    let world = World::new();
    world.first_fails().await;
    let mut stream = Stream::open(&world, "/events").await;
    world.runtime.scope(ask(true)).await.expect("the first works");
    let (name, json) = stream.event().await;
    assert_eq!((name.as_str(), &json["plan"], &json["provider"]), ("run_finished", &"ask".into(), &"first".into()));
    world.first_fails().await;
    assert_eq!(stream.names(4).await, OF_A_FAILURE);
}

#[tokio::test(start_paused = true)]
async fn what_is_still_known_comes_first_when_it_is_asked_for_and_once() {
    let world = World::new();
    world.first_fails().await;
    let mut all = Stream::open(&world, "/events?recent").await;
    let mut two = Stream::open(&world, "/events?recent=2").await;
    let mut none = Stream::open(&world, "/events?recent=0").await;
    world.runtime.plan("ask").expect("it is linked").reset();
    assert_eq!(all.names(5).await, ["attempt_failed", "failover", "masked", "run_finished", "reset"]);
    assert_eq!(two.names(3).await, ["masked", "run_finished", "reset"]);
    assert_eq!(none.names(1).await, ["reset"]);
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_is_too_slow_is_told_how_many_events_it_has_lost() {
    let world = World::new();
    let mut stream = Stream::open(&world, "/events").await;
    for _ in 0..1_030 {
        world.runtime.scope(ask(true)).await.expect("the first works");
    }
    let (name, json) = stream.event().await;
    assert_eq!((name.as_str(), &json["count"]), ("lost", &Value::from(6)));
    assert_eq!(stream.names(1_024).await, vec!["run_finished"; 1_024]);
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_says_that_it_is_there() {
    let world = World::new();
    let mut stream = Stream::open(&world, "/events").await;
    let began = tokio::time::Instant::now();
    assert_eq!(stream.frame().await, ": \n\n");
    assert_eq!(began.elapsed(), Duration::from_secs(15));
    world.runtime.plan("ask").expect("it is linked").reset();
    assert_eq!(stream.names(1).await, ["reset"]);
}

#[tokio::test]
async fn what_happens_while_a_stream_begins_is_told_once() {
    const EVENTS: usize = 900;
    for _ in 0..20 {
        let world = World::new();
        let plan = world.runtime.plan("ask").expect("it is linked");
        let cordons = std::thread::spawn(move || {
            for number in 1..=EVENTS {
                plan.cordon("first", number.to_string()).expect("it is there");
            }
        });
        while world.runtime.recent_events().len() < EVENTS / 3 {
            std::thread::yield_now();
        }
        let mut stream = Stream::open(&world, "/events?recent").await;
        for number in 1..=EVENTS {
            assert_eq!(stream.event().await.1["reason"], number.to_string());
        }
        cordons.join().expect("it does not panic");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_with_its_runtime() {
    let world = World::new();
    let mut stream = Stream::open(&world, "/events?recent").await;
    world.runtime.plan("ask").expect("it is linked").reset();
    drop(world);
    assert_eq!(stream.names(1).await, ["reset"]);
    assert!(stream.0.frame().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_query_that_asks_for_something_else_is_refused() {
    let world = World::new();
    for query in ["recent=many", "recent=-1", "since=5", "recent=5&plan=ask", "recent=99999999999999999999999"] {
        let answer = world.get(&format!("/events?{query}")).await;
        assert_eq!(answer.error(400), "of events, only `?recent` or `?recent=50` can be asked", "{query}");
    }
}
