//! The service: a catalogue behind HTTP.

use std::io;
use std::path::Path as FilePath;
use std::pin::Pin;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use ductape::catalog::definition::{Kind, Run};
use ductape::catalog::store::{File, Hour};
use ductape::catalog::{Catalog, CatalogError, RunResult};
use reqwest::Client;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::support::{self, Fault};

/// A service takes it from the environment.
pub(crate) const TOKEN: &str = "known-to-this-session-alone";

/// Serves until the process is killed, or its input ends; says where on its first line.
pub(crate) async fn serve(providers: &str, store: &FilePath) -> Result<(), Fault> {
    let catalog = open(providers, store).await?;
    let router = Router::new()
        .route("/run/{kind}/{tag}", post(run))
        .route("/definitions", get(definitions))
        .route("/definitions/{kind}/{tag}", patch(update))
        .route("/history/{tag}", get(history))
        .layer(from_fn(known))
        .with_state(catalog.clone());
    println!("{}", support::serve(router).await?);
    tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink())).await??;
    // In good order: the last seconds of the history are written, too.
    Ok(catalog.flush().await?)
}

/// What the service can do: the actions of its apps, and what is defined over them.
async fn open(providers: &str, store: &FilePath) -> Result<Catalog, Fault> {
    let http = support::client()?;
    let post = |path: &'static str| call(&http, format!("{providers}/{path}"));
    let ping = |provider: &'static str| {
        let (http, url) = (http.clone(), format!("{providers}/{provider}/ping"));
        move |_: Value| {
            let request = http.get(&url).send();
            async move { request.await?.error_for_status().map(|_| ()) }
        }
    };
    let log = post("logging-service/log-payment");
    let catalog = Catalog::builder()
        .product("my-product")
        .env("prd")
        .app("stripe", |app| {
            app.action("create-charge", post("stripe/create-charge"))
                .timeout(Duration::from_secs(2))
                .action("charge", post("stripe/charge"))
                .timeout(Duration::from_secs(2))
                .action("ping", ping("stripe"))
        })
        .app("paypal", |app| {
            app.action("create-payment", post("paypal/create-payment"))
                .action("charge", post("paypal/charge"))
                .action("ping", ping("paypal"))
        })
        .app("square", |app| app.action("charge", post("square/charge")))
        .app("twilio", |app| app.action("send-sms", post("twilio/send-sms")).action("ping", ping("twilio")))
        .app("vonage", |app| app.action("send-sms", post("vonage/send-sms")).action("ping", ping("vonage")))
        .app("aws-sns", |app| app.action("publish-sms", post("aws-sns/publish-sms")))
        .app("payment-service", |app| app.action("validate-payment", validate))
        .app("logging-service", |app| {
            app.action("log-payment", move |payment: Payment| log(json!({ "transaction": payment })))
        })
        .definitions(ductape::definitions!("examples/definitions"))
        .store(File::open(store).await?)
        .open()
        .await?;
    Ok(catalog)
}

type Called = Pin<Box<dyn Future<Output = reqwest::Result<Value>> + Send>>;

/// An action that a provider offers over HTTP.
fn call(http: &Client, url: String) -> impl Fn(Value) -> Called + Send + Sync + 'static {
    let http = http.clone();
    move |input| {
        let request = http.post(&url).json(&input).send();
        Box::pin(async move { request.await?.error_for_status()?.json().await })
    }
}

/// What is validated: an input of another shape is refused with the path of the field.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    amount: u64,
    user_id: String,
}

async fn validate(order: Order) -> Result<Value, String> {
    if order.amount == 0 {
        return Err(format!("{} wants to pay nothing", order.user_id));
    }
    Ok(json!({ "valid": true }))
}

/// What is logged.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payment {
    transaction_id: String,
    provider: String,
    amount: u64,
}

/// Nobody comes in without the token; the comparison takes as long whatever is wrong with it.
async fn known(request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).map_or(&[][..], |value| value.as_bytes());
    let wanted = format!("Bearer {TOKEN}");
    let differ = given.iter().zip(wanted.as_bytes()).fold(0, |differ, (a, b)| differ | (a ^ b));
    if given.len() == wanted.len() && differ == 0 {
        next.run(request).await
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}

/// What a caller says beside kind and tag.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    input: Value,
    session: Option<Session>,
    cache: Option<String>,
}

#[derive(Deserialize)]
struct Session {
    tag: String,
    token: String,
}

async fn run(
    State(catalog): State<Catalog>,
    Path((kind, tag)): Path<(Kind, String)>,
    Json(Asked { input, session, cache }): Json<Asked>,
) -> Result<Json<RunResult>, Refused> {
    let mut run = Run::new(tag).input(input);
    if let Some(Session { tag, token }) = session {
        run = run.session(tag, token);
    }
    if let Some(cache) = cache {
        run = run.cache(cache);
    }
    let result = match kind {
        Kind::Fallback => catalog.fallbacks().run(run).await,
        Kind::Quota => catalog.quotas().run(run).await,
        Kind::Feature => catalog.features().run(run).await,
        _ => return Err(Refused(StatusCode::NOT_FOUND, json!({ "error": format!("a {kind} does not run") }))),
    };
    Ok(Json(result?))
}

async fn definitions(State(catalog): State<Catalog>) -> Result<Json<Value>, Refused> {
    Ok(Json(json!({
        "fallbacks": catalog.fallbacks().fetch_all().await?,
        "quotas": catalog.quotas().fetch_all().await?,
        "features": catalog.features().fetch_all().await?,
        "healthchecks": catalog.healthchecks().fetch_all().await?,
        "caches": catalog.caches().fetch_all().await?,
    })))
}

async fn update(
    State(catalog): State<Catalog>,
    Path((kind, tag)): Path<(Kind, String)>,
    Json(patch): Json<Value>,
) -> Result<Json<Value>, Refused> {
    let updated = match kind {
        Kind::Fallback => json!(catalog.fallbacks().update(&tag, patch).await?),
        Kind::Quota => json!(catalog.quotas().update(&tag, patch).await?),
        Kind::Feature => json!(catalog.features().update(&tag, patch).await?),
        Kind::Healthcheck => json!(catalog.healthchecks().update(&tag, patch).await?),
        Kind::Cache => json!(catalog.caches().update(&tag, patch).await?),
        _ => return Err(Refused(StatusCode::NOT_FOUND, json!({ "error": format!("there is no {kind}") }))),
    };
    Ok(Json(updated))
}

async fn history(State(catalog): State<Catalog>, Path(tag): Path<String>) -> Result<Json<Vec<Hour>>, Refused> {
    Ok(Json(catalog.history(&tag, UNIX_EPOCH..SystemTime::now()).await?))
}

/// Why a caller got nothing.
struct Refused(StatusCode, Value);

impl From<CatalogError> for Refused {
    fn from(error: CatalogError) -> Self {
        let body = json!({ "error": error.to_string() });
        match error {
            CatalogError::Invalid(invalid) => Self(StatusCode::UNPROCESSABLE_ENTITY, json!({ "faults": invalid })),
            CatalogError::Patch(_) | CatalogError::NoInput { .. } => Self(StatusCode::UNPROCESSABLE_ENTITY, body),
            CatalogError::Unknown { .. } => Self(StatusCode::NOT_FOUND, body),
            CatalogError::Elsewhere { .. } | CatalogError::NotCached { .. } | CatalogError::Overridden(_) => {
                Self(StatusCode::CONFLICT, body)
            }
            CatalogError::Store(_) => Self(StatusCode::SERVICE_UNAVAILABLE, body),
            _ => Self(StatusCode::BAD_GATEWAY, body),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(self.1)).into_response()
    }
}
