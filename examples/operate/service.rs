//! What the service is: a plan, and the route that uses it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use ductape::{Outcome, healthcheck, quota};
use serde::{Deserialize, Serialize};

use crate::clients::{MessageId, Nexmo, Twilio};

#[healthcheck(tag = "twilio-health", interval = "10m", timeout = "2s")]
pub(crate) async fn twilio_health(twilio: &Twilio) -> reqwest::Result<()> {
    twilio.ping().await
}

#[healthcheck(tag = "nexmo-health", interval = "10m", timeout = "2s")]
pub(crate) async fn nexmo_health(nexmo: &Nexmo) -> reqwest::Result<()> {
    nexmo.ping().await
}

pub(crate) struct Messages {
    pub(crate) twilio: Twilio,
    pub(crate) nexmo: Nexmo,
}

impl Messages {
    /// Sends a text, through the cheaper carrier more often than through the other.
    #[quota(tag = "sms-quota", timeout = "5s", breaker(failures = 5, cooldown = "5m"))]
    async fn send(&self, phone: &str, text: &str) -> ductape::Result<Outcome<MessageId>, reqwest::Error> {
        #[provider("twilio", weight = 70, cost = 0.0079, healthcheck(twilio_health))]
        {
            self.twilio.send(phone, text).await
        }

        #[provider("nexmo", weight = 30, cost = 0.0094, healthcheck(nexmo_health))]
        {
            self.nexmo.send(phone, text).await
        }
    }
}

/// What customers ask for.
#[derive(Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) phone: String,
    pub(crate) text: String,
}

/// What they get: which carrier took the message, and what it calls it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Taken {
    pub(crate) carrier: String,
    pub(crate) id: String,
}

pub(crate) fn router(messages: Messages) -> Router {
    Router::new().route("/messages", post(send)).with_state(Arc::new(messages))
}

async fn send(
    State(messages): State<Arc<Messages>>,
    Json(Message { phone, text }): Json<Message>,
) -> Result<Json<Taken>, (StatusCode, String)> {
    match messages.send(&phone, &text).await {
        Ok(sent) => Ok(Json(Taken { carrier: sent.provider.to_string(), id: sent.into_inner().0 })),
        Err(error) => Err((StatusCode::BAD_GATEWAY, error.to_string())),
    }
}
