//! The servers: SMS carriers that count, and that can be switched off.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::lock::lock;
use crate::support::{Fault, serve};

/// A carrier and its counters.
pub(crate) struct Carrier {
    /// The fields of a request and of its answer that differ from carrier to carrier.
    text: &'static str,
    id: &'static str,
    up: AtomicBool,
    delivered: Mutex<Vec<String>>,
    refused: AtomicUsize,
}

impl Carrier {
    /// Starts a server; gives its counters and its address.
    pub(crate) async fn start(text: &'static str, id: &'static str) -> Result<(Arc<Self>, String), Fault> {
        let (up, delivered, refused) = (AtomicBool::new(true), Mutex::default(), AtomicUsize::new(0));
        let carrier = Arc::new(Self { text, id, up, delivered, refused });
        let router =
            Router::new().route("/messages", post(send)).route("/health", get(health)).with_state(Arc::clone(&carrier));
        Ok((carrier, serve(router).await?))
    }

    /// From here on, every request and every healthcheck is answered with 503, or none.
    pub(crate) fn switch(&self, up: bool) {
        self.up.store(up, Ordering::SeqCst);
    }

    /// The texts that were delivered, in order.
    pub(crate) fn delivered(&self) -> Vec<String> {
        lock(&self.delivered).clone()
    }

    /// The text that was delivered under this id.
    pub(crate) fn text(&self, id: &str) -> Option<String> {
        let delivered = lock(&self.delivered);
        let (_, text) = delivered.iter().enumerate().find(|(before, _)| message_id(before + 1) == id)?;
        Some(text.clone())
    }

    /// How many requests were answered with 503.
    pub(crate) fn refused(&self) -> usize {
        self.refused.load(Ordering::SeqCst)
    }
}

fn message_id(number: usize) -> String {
    format!("m-{number}")
}

async fn send(State(carrier): State<Arc<Carrier>>, Json(message): Json<Value>) -> Response {
    if !carrier.up.load(Ordering::SeqCst) {
        carrier.refused.fetch_add(1, Ordering::SeqCst);
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let Some(text) = message[carrier.text].as_str() else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    let mut delivered = lock(&carrier.delivered);
    delivered.push(text.to_owned());
    Json(json!({ carrier.id: message_id(delivered.len()), "status": "sent" })).into_response()
}

async fn health(State(carrier): State<Arc<Carrier>>) -> StatusCode {
    if carrier.up.load(Ordering::SeqCst) { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}
