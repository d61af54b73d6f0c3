//! Those who call the service, and check how it answers.

use reqwest::{Client, Method};
use serde_json::Value;

use crate::service::TOKEN;
use crate::support::{Fault, same};

/// A client of the service.
pub(crate) struct Customer {
    http: Client,
    at: String,
    token: &'static str,
}

impl Customer {
    pub(crate) fn new(http: &Client, at: &str) -> Self {
        Self { http: http.clone(), at: at.to_owned(), token: TOKEN }
    }

    /// One who does not know the token.
    pub(crate) fn stranger(&self) -> Self {
        Self { http: self.http.clone(), at: self.at.clone(), token: "a-guess" }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.at)
    }

    pub(crate) async fn get(&self, path: &str, status: u16) -> Result<Value, Fault> {
        self.send(Method::GET, path, None, status).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value, status: u16) -> Result<Value, Fault> {
        self.send(Method::POST, path, Some(body), status).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value, status: u16) -> Result<Value, Fault> {
        self.send(Method::PATCH, path, Some(body), status).await
    }

    /// Asks, shows the answer's status, and compares it with what it must be.
    async fn send(&self, method: Method, path: &str, body: Option<&Value>, status: u16) -> Result<Value, Fault> {
        let mut request = self.http.request(method.clone(), self.url(path)).bearer_auth(self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let answered = answer.status().as_u16();
        let text = answer.text().await?;
        println!("    {method} {path}: {answered}");
        same(&format!("{method} {path} ({text})"), answered, status)?;
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }
}
