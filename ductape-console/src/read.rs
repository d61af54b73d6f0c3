//! What there is to see.

use axum::Json;
use axum::extract::State;
use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use ductape_runtime::{Plan, PlanHandle, PlanKind, PlanStats, ProviderSnapshot, RunCounts, Setting};
use serde::Serialize;

use crate::console::Served;
use crate::named::NamedPlan;

pub(crate) async fn health(State(served): State<Served>) -> Response {
    let health = served.runtime.health();
    let code = if served.strict { health.strict_http() } else { health.http() };
    let code = StatusCode::from_u16(code).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    (code, Json(health)).into_response()
}

#[derive(Serialize)]
pub(crate) struct Live {
    status: &'static str,
}

pub(crate) async fn live() -> Json<Live> {
    Json(Live { status: "alive" })
}

/// Every plan, in few words.
#[derive(Serialize)]
pub(crate) struct Overview {
    product: String,
    env: String,
    plans: Vec<Summary>,
}

#[derive(Serialize)]
struct Summary {
    tag: String,
    name: String,
    kind: PlanKind,
    in_flight: u64,
    last_minute: RunCounts,
    providers: Vec<ProviderSnapshot>,
}

impl Summary {
    fn of(plan: &PlanHandle) -> Self {
        let (definition, now) = (plan.plan(), plan.snapshot());
        Self {
            tag: definition.tag().to_owned(),
            name: definition.name().to_owned(),
            kind: definition.kind(),
            in_flight: now.stats.in_flight,
            last_minute: now.stats.last_minute,
            providers: now.providers,
        }
    }
}

pub(crate) async fn plans(State(Served { runtime, .. }): State<Served>, headers: HeaderMap) -> Response {
    if wants_text(&headers) {
        return format!("{}\n", runtime.snapshot()).into_response();
    }
    let plans = runtime.plans().iter().map(Summary::of).collect();
    Json(Overview { product: runtime.product().to_owned(), env: runtime.env().to_owned(), plans }).into_response()
}

/// All there is to know of a plan.
#[derive(Serialize)]
pub(crate) struct Whole {
    definition: Plan,
    effective: Vec<Setting>,
    statistics: PlanStats,
    providers: Vec<ProviderSnapshot>,
}

pub(crate) async fn plan(NamedPlan(plan): NamedPlan, headers: HeaderMap) -> Response {
    let (definition, effective, now) = (plan.plan(), plan.effective(), plan.snapshot());
    if wants_text(&headers) {
        return format!("{definition}\n\n{effective}\n\n{now}\n").into_response();
    }
    let (effective, statistics, providers) = (effective.settings, now.stats, now.providers);
    Json(Whole { definition, effective, statistics, providers }).into_response()
}

/// Whether somebody at a terminal asks: a tree and tables are easier to read than JSON.
fn wants_text(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"text/plain"))
}
