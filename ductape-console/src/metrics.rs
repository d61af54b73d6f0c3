//! What an exporter makes of the counters, gauges and histograms.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::console::Served;
use crate::refusal::Refusal;

pub(crate) async fn metrics(State(served): State<Served>) -> Result<Response, Refusal> {
    let render = served.render.ok_or_else(|| Refusal::absent("no exporter was given to `Console::metrics`"))?;
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], render()).into_response())
}
