//! The clients of the two carriers.

use reqwest::{Client, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// What a carrier calls a message that it has taken.
#[derive(Debug)]
pub(crate) struct MessageId(pub(crate) String);

#[derive(Clone)]
pub(crate) struct Twilio {
    http: Client,
    base: String,
}

#[derive(Deserialize)]
struct TwilioMessage {
    sid: String,
}

impl Twilio {
    pub(crate) fn new(http: &Client, base: String) -> Self {
        Self { http: http.clone(), base }
    }

    pub(crate) async fn send(&self, phone: &str, text: &str) -> Result<MessageId> {
        let message: TwilioMessage = post(&self.http, &self.base, &json!({ "to": phone, "body": text })).await?;
        Ok(MessageId(message.sid))
    }

    pub(crate) async fn ping(&self) -> Result<()> {
        ping(&self.http, &self.base).await
    }
}

#[derive(Clone)]
pub(crate) struct Nexmo {
    http: Client,
    base: String,
}

#[derive(Deserialize)]
struct NexmoMessage {
    message_id: String,
}

impl Nexmo {
    pub(crate) fn new(http: &Client, base: String) -> Self {
        Self { http: http.clone(), base }
    }

    pub(crate) async fn send(&self, phone: &str, text: &str) -> Result<MessageId> {
        let message: NexmoMessage = post(&self.http, &self.base, &json!({ "to": phone, "text": text })).await?;
        Ok(MessageId(message.message_id))
    }

    pub(crate) async fn ping(&self) -> Result<()> {
        ping(&self.http, &self.base).await
    }
}

async fn post<T: DeserializeOwned>(http: &Client, base: &str, message: &Value) -> Result<T> {
    http.post(format!("{base}/messages")).json(message).send().await?.error_for_status()?.json().await
}

async fn ping(http: &Client, base: &str) -> Result<()> {
    http.get(format!("{base}/health")).send().await?.error_for_status()?;
    Ok(())
}
