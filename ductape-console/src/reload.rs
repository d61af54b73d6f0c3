//! The files of overrides, read again; behind the token.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use tokio::task::spawn_blocking;

use crate::console::Served;
use crate::refusal::Refusal;

#[derive(Serialize)]
pub(crate) struct Reloaded {
    status: &'static str,
}

pub(crate) async fn reload(State(served): State<Served>) -> Result<Json<Reloaded>, Refusal> {
    // Nobody else waits for a slow disk.
    let reload = spawn_blocking(move || served.runtime.reload()).await;
    reload.map_err(|error| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))??;
    Ok(Json(Reloaded { status: "reloaded" }))
}
