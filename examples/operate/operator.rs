//! Somebody with the token, and a terminal on which every call is printed.

use reqwest::{Client, Method, Response};
use serde_json::Value;

use crate::TOKEN;
use crate::support::{Fault, same};

pub(crate) struct Operator {
    http: Client,
    base: String,
    token: Option<&'static str>,
}

impl Operator {
    pub(crate) fn new(http: &Client, base: String) -> Self {
        Self { http: http.clone(), base, token: Some(TOKEN) }
    }

    /// Somebody who does not know the token.
    pub(crate) fn stranger(&self) -> Self {
        Self { http: self.http.clone(), base: self.base.clone(), token: None }
    }

    pub(crate) async fn get(&self, path: &str, must_be: u16) -> Result<Value, Fault> {
        answer(self.call(Method::GET, path, None).await?, must_be).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value, must_be: u16) -> Result<Value, Fault> {
        answer(self.call(Method::PATCH, path, Some(body)).await?, must_be).await
    }

    pub(crate) async fn post(&self, path: &str, body: Option<&Value>, must_be: u16) -> Result<Value, Fault> {
        answer(self.call(Method::POST, path, body).await?, must_be).await
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Response, Fault> {
        let shown = body.map(|body| format!(" {body}")).unwrap_or_default();
        println!("  {method} /ops{path}{shown}{}", if self.token.is_none() { " without the token" } else { "" });
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        Ok(request.send().await?)
    }
}

/// Prints what an answer says in few words.
async fn answer(response: Response, must_be: u16) -> Result<Value, Fault> {
    let status = response.status().as_u16();
    let body: Value = response.json().await?;
    for (at, line) in summary(&body).iter().enumerate() {
        println!("    {:3} {line}", if at == 0 { status.to_string() } else { String::new() });
    }
    same("the status", status, must_be)?;
    Ok(body)
}

fn summary(body: &Value) -> Vec<String> {
    if let Some(error) = body["error"].as_str() {
        return error.lines().map(str::to_owned).collect();
    }
    if let Some(changed) = body["changed"].as_array() {
        let change =
            |change: &Value| format!("{}: {} → {}", text(&change["path"]), text(&change["from"]), text(&change["to"]));
        return changed.iter().map(change).collect();
    }
    if let Some(checks) = body["checks"].as_object() {
        let checks = checks.iter().map(|(tag, report)| format!("{tag} {}", text(&report["status"])));
        return vec![format!("{}: {}", text(&body["status"]), checks.collect::<Vec<_>>().join(", "))];
    }
    if let Some(status) = body["status"].as_str() {
        return vec![status.to_owned()];
    }
    if body.get("definition").is_some() {
        let runs = &body["statistics"]["since_start"];
        return vec![format!("{} runs, {} successes, {} masked", runs["calls"], runs["successes"], runs["masked"])];
    }
    vec![standing(body)]
}

/// How a provider stands.
pub(crate) fn standing(provider: &Value) -> String {
    let breaker = &provider["breaker"];
    let forced = breaker["forced"].as_str().map(|forced| format!(", forced {forced}")).unwrap_or_default();
    let cordoned = provider["cordoned"].as_str().map(|reason| format!(", cordoned: {reason}")).unwrap_or_default();
    format!("{}: breaker {}{forced}{cordoned}", text(&provider["provider"]), text(&breaker["state"]))
}

/// A text without its quotes.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
