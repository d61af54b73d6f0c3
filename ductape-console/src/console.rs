use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{get, patch, post};
use ductape_runtime::Runtime;

use crate::refusal::Refusal;
use crate::token::{Token, TokenError, guard};
use crate::{events, read, steer};

/// The most bytes that a body may have: a patch of every clause of 64 providers fits in.
const LONGEST_BODY: usize = 64 * 1024;

/// What a router of the console lets people see and do; by default see all, and change nothing.
///
/// ```
/// # extern crate ductape_console as console;
/// # fn main() -> Result<(), console::TokenError> {
/// use console::Console;
///
/// let operations = Console::new().strict_health().token("correct-horse-battery")?.router(&ductape::runtime());
/// # drop(operations);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
#[must_use = "a console does nothing until `router`"]
pub struct Console {
    strict: bool,
    token: Option<Token>,
    render: Option<Render>,
}

/// Writes the text of `/metrics`.
pub(crate) type Render = Arc<dyn Fn() -> String + Send + Sync>;

/// What every route is told.
#[derive(Clone)]
pub(crate) struct Served {
    pub(crate) runtime: Runtime,
    pub(crate) strict: bool,
    #[cfg(feature = "metrics")]
    pub(crate) render: Option<Render>,
}

impl Console {
    /// A console that only reads.
    pub fn new() -> Self {
        Self::default()
    }

    /// Has `/health` answer 503 unless everything is healthy; without this, only when everything is unhealthy.
    pub fn strict_health(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Lets those who send this token change plans, as `Authorization: Bearer …`. It is compared in constant time.
    ///
    /// # Errors
    ///
    /// When it is empty, or could never be sent: only visible ASCII characters are allowed.
    pub fn token(mut self, token: impl Into<String>) -> Result<Self, TokenError> {
        self.token = Some(Token::new(token.into())?);
        Ok(self)
    }

    /// As [`token`](Self::token), with the token that an environment variable holds.
    ///
    /// # Errors
    ///
    /// When the variable is not set, is not Unicode, or does not hold a token. So a service that was to be steered does not
    /// start read-only because of a typing error; where it may, ask the variable first.
    pub fn token_from_env(mut self, variable: &str) -> Result<Self, TokenError> {
        self.token = Some(Token::from_env(variable)?);
        Ok(self)
    }

    /// Serves on `/metrics` what an exporter of the `metrics` facade renders, as Prometheus text. Where nobody may scrape
    /// for long, see to the exporter's upkeep: here, `prometheus.run_upkeep()` every few seconds.
    ///
    /// ```
    /// # extern crate ductape_console as console;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use console::Console;
    /// use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
    ///
    /// // Before `start`, which registers every series.
    /// let durations = Matcher::Suffix("_duration_seconds".to_owned());
    /// let buckets = [0.005, 0.02, 0.1, 0.5, 2.0, 10.0];
    /// let prometheus = PrometheusBuilder::new().set_buckets_for_metric(durations, &buckets)?.install_recorder()?;
    ///
    /// let operations = Console::new().metrics(move || prometheus.render()).router(&ductape::runtime());
    /// # drop(operations);
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "metrics")]
    pub fn metrics(mut self, render: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.render = Some(Arc::new(render));
        self
    }

    /// The routes, for a runtime. They can be nested in the service's own router, or merged with it.
    ///
    /// A stream of `/events` lasts until its reader goes: a server that shuts down gracefully waits for those, unless it
    /// sets an end to its waiting.
    pub fn router(self, runtime: &Runtime) -> Router {
        let served = Served {
            runtime: runtime.clone(),
            strict: self.strict,
            #[cfg(feature = "metrics")]
            render: self.render,
        };
        let mut router = reading();
        if let Some(token) = self.token {
            router = router.merge(steering().route_layer(from_fn_with_state(token, guard)));
        }
        router.method_not_allowed_fallback(no_such_method).route_layer(map_response(fresh)).with_state(served)
    }
}

async fn no_such_method(method: Method) -> Refusal {
    let error = format!("this route does not take {method}; the header `allow` says what it takes");
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, error)
}

fn reading() -> Router<Served> {
    let router = Router::new()
        .route("/health", get(read::health))
        .route("/health/live", get(read::live))
        .route("/plans", get(read::plans))
        .route("/plans/{tag}", get(read::plan))
        .route("/events", get(events::events));
    #[cfg(feature = "metrics")]
    let router = router.route("/metrics", get(crate::metrics::metrics));
    router
}

fn steering() -> Router<Served> {
    let router = Router::new()
        .route("/plans/{tag}", patch(steer::update))
        .route("/plans/{tag}/reset", post(steer::reset))
        .route("/plans/{tag}/providers/{provider}/cordon", post(steer::cordon))
        .route("/plans/{tag}/providers/{provider}/uncordon", post(steer::uncordon))
        .route("/plans/{tag}/providers/{provider}/breaker", post(steer::force_breaker))
        .route("/plans/{tag}/providers/{provider}/breaker/reset", post(steer::reset_breaker));
    #[cfg(feature = "config")]
    let router = router.route("/reload", post(crate::reload::reload));
    router.layer(DefaultBodyLimit::max(LONGEST_BODY))
}

/// Nobody between here and the reader may keep an answer: it is old a moment later.
async fn fresh(mut response: Response) -> Response {
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

impl Debug for Console {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Console");
        shown.field("strict", &self.strict).field("token", &self.token).field("metrics", &self.render.is_some());
        shown.finish()
    }
}
