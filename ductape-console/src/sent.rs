//! What callers send.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::console::Served;
use crate::refusal::Refusal;

/// A body of JSON, whatever its content type says: `curl -d` calls everything a form.
pub(crate) struct Sent<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Served> for Sent<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, served: &Served) -> Result<Self, Refusal> {
        let body = Bytes::from_request(request, served).await;
        let body = body.map_err(|rejection| Refusal::new(rejection.status(), rejection.body_text()))?;
        serde_json::from_slice(&body).map(Self).map_err(|error| match error.classify() {
            Category::Data => Refusal::wrong(format!("the body is not what it must be: {error}")),
            _ => Refusal::unreadable(format!("the body is no JSON: {error}")),
        })
    }
}
