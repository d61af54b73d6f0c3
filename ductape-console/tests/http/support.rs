//! The program that is looked at: plans whose providers do as they are told, healthchecks, and how a request is made.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use ductape::{Builder, Outcome, Runtime, fallback, healthcheck, quota};
use ductape_console::Console;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

pub(crate) const TOKEN: &str = "correct-horse-battery";

#[healthcheck(tag = "twilio-health", interval = "1h")]
pub(crate) async fn twilio_health(up: &AtomicBool) -> Result<(), Down> {
    if up.load(Ordering::Relaxed) { Ok(()) } else { Err(Down) }
}

#[healthcheck(tag = "nexmo-health", interval = "1h")]
pub(crate) async fn nexmo_health(up: &AtomicBool) -> Result<(), Down> {
    if up.load(Ordering::Relaxed) { Ok(()) } else { Err(Down) }
}

#[derive(Debug)]
pub(crate) struct Down;

/// Sends a text.
#[quota(tag = "sms-quota", name = "Messages")]
pub(crate) async fn send(text: &str) -> ductape::Result<Outcome<usize>, Down> {
    #[provider("twilio", weight = 70, breaker(failures = 2, cooldown = "60s"), healthcheck(twilio_health))]
    {
        Ok(text.len())
    }
    #[provider("nexmo", weight = 30, bulkhead = 5, healthcheck(nexmo_health))]
    {
        Ok(text.len())
    }
}

/// Asks the first, and the second when the first is down.
#[fallback(tag = "ask")]
pub(crate) async fn ask(first_is_up: bool) -> ductape::Result<Outcome<u32>, Down> {
    #[primary("first", breaker(failures = 2, cooldown = "60s"))]
    {
        if first_is_up { Ok(1) } else { Err(Down) }
    }
    #[fallback("second")]
    {
        Ok(2)
    }
}

/// A runtime of its own for each test, and what its healthchecks find.
pub(crate) struct World {
    pub(crate) runtime: Runtime,
    twilio: Arc<AtomicBool>,
    nexmo: Arc<AtomicBool>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    /// With what else the runtime is to be told.
    pub(crate) fn with(more: impl FnOnce(Builder) -> Builder) -> Self {
        let (twilio, nexmo) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(true)));
        let builder = Runtime::builder().product("messaging").env("prd").seed(7);
        let builder = builder.bind(&twilio_health, Arc::clone(&twilio)).bind(&nexmo_health, Arc::clone(&nexmo));
        Self { runtime: more(builder).build().expect("everything is bound"), twilio, nexmo }
    }

    /// What the healthchecks find is known from now on.
    pub(crate) async fn up(&self, twilio: bool, nexmo: bool) {
        self.twilio.store(twilio, Ordering::Relaxed);
        self.nexmo.store(nexmo, Ordering::Relaxed);
        self.runtime.check_health().await;
    }

    /// A run in which the first fails, so that there is something to tell of.
    pub(crate) async fn first_fails(&self) {
        let answer = self.runtime.scope(ask(false)).await.expect("the second one serves");
        assert_eq!(answer.provider, "second");
    }

    /// Everybody may read.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(ductape_console::router(&self.runtime), Method::GET, path, None, "").await
    }

    /// With the token.
    pub(crate) async fn send(&self, method: Method, path: &str, body: &str) -> Answer {
        let console = Console::new().token(TOKEN).expect("it can be sent");
        let authorization = format!("Bearer {TOKEN}");
        Answer::of(console.router(&self.runtime), method, path, Some(&authorization), body.to_owned()).await
    }
}

/// What a request was answered with.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) async fn of(
        router: Router,
        method: Method,
        path: &str,
        authorization: Option<&str>,
        body: impl Into<Body>,
    ) -> Self {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        Self::to(router, request.body(body.into()).expect("it is a request")).await
    }

    pub(crate) async fn to(router: Router, request: Request<Body>) -> Self {
        let (head, body) = router.oneshot(request).await.expect("a router is infallible").into_parts();
        let body = body.collect().await.expect("the body comes").to_bytes();
        Self { status: head.status, headers: head.headers, text: String::from_utf8_lossy(&body).into_owned() }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("it is text"))
    }

    /// The JSON of an answer with this status.
    #[track_caller]
    pub(crate) fn json(&self, status: u16) -> Value {
        assert_eq!((self.status.as_u16(), self.header("content-type")), (status, "application/json"), "{}", self.text);
        assert_eq!(self.header("cache-control"), "no-store");
        serde_json::from_str(&self.text).expect("it is JSON")
    }

    /// What a refusal says to people.
    #[track_caller]
    pub(crate) fn error(&self, status: u16) -> String {
        self.json(status)["error"].as_str().expect("it says why").to_owned()
    }
}
