//! The servers: providers of payments, messages and logs, which count, and which can be switched off.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::lock::lock;
use crate::support::{Fault, serve};

/// Every provider, and what it was asked.
#[derive(Default)]
pub(crate) struct Providers {
    books: Mutex<Books>,
}

#[derive(Default)]
struct Books {
    down: BTreeSet<String>,
    /// By `provider/action`: what it did, and how often it refused.
    done: BTreeMap<String, Vec<Value>>,
    refused: BTreeMap<String, usize>,
}

impl Providers {
    /// Starts them; gives their counters and their address.
    pub(crate) async fn start() -> Result<(Arc<Self>, String), Fault> {
        let providers = Arc::new(Self::default());
        let router = Router::new()
            .route("/{provider}/ping", get(ping))
            .route("/{provider}/{action}", post(act))
            .with_state(Arc::clone(&providers));
        Ok((providers, serve(router).await?))
    }

    /// From here on it answers 503, to healthchecks as well, or works.
    pub(crate) fn switch(&self, provider: &str, up: bool) {
        let down = &mut lock(&self.books).down;
        if up {
            down.remove(provider);
        } else {
            down.insert(provider.to_owned());
        }
    }

    /// How often it did what it was asked.
    pub(crate) fn done(&self, action: &str) -> usize {
        lock(&self.books).done.get(action).map_or(0, Vec::len)
    }

    /// How often it answered 503.
    pub(crate) fn refused(&self, action: &str) -> usize {
        lock(&self.books).refused.get(action).copied().unwrap_or(0)
    }

    /// What it was given last.
    pub(crate) fn last(&self, action: &str) -> Value {
        lock(&self.books).done.get(action).and_then(|done| done.last().cloned()).unwrap_or_default()
    }
}

async fn ping(State(providers): State<Arc<Providers>>, Path(provider): Path<String>) -> StatusCode {
    if lock(&providers.books).down.contains(&provider) { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
}

async fn act(
    State(providers): State<Arc<Providers>>,
    Path((provider, action)): Path<(String, String)>,
    Json(input): Json<Value>,
) -> Response {
    let mut books = lock(&providers.books);
    let name = format!("{provider}/{action}");
    if books.down.contains(&provider) {
        *books.refused.entry(name).or_default() += 1;
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let done = books.done.entry(name).or_default();
    done.push(input);
    let id = format!("{provider}-{}", done.len());
    // Each has names of its own for what it answers.
    let answer = match (provider.as_str(), action.as_str()) {
        ("stripe", _) => json!({ "id": id, "status": "succeeded" }),
        ("paypal", "create-payment") => json!({ "payment_id": id, "state": "approved" }),
        ("paypal", _) => json!({ "id": id }),
        ("square", _) => json!({ "payment_id": id, "status": "COMPLETED" }),
        ("twilio", _) => json!({ "sid": id, "status": "queued" }),
        ("vonage", _) => json!({ "message_id": id, "status": "0" }),
        ("aws-sns", _) => json!({ "MessageId": id }),
        _ => json!({}),
    };
    Json(answer).into_response()
}
