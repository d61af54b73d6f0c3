//! The servers: payment gateways that keep a ledger, and that can be made to misbehave.
//!
//! They are as unhelpful as they may be. They go on working when their caller has hung up, and they do not
//! deduplicate: a charge that is sent twice is made twice, and the ledger shows it.

use std::collections::{HashMap, HashSet};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::lock::lock;
use crate::support::{Fault, serve};

/// Longer than any caller of this program waits.
const TOO_LONG: Duration = Duration::from_millis(500);

/// The customer whose card every gateway declines.
pub(crate) const NO_FUNDS: &str = "cus_no_funds";

/// How a gateway behaves at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Up,
    /// Answers 503, to healthchecks as well.
    Down,
    /// Charges later than any caller waits.
    Slow,
    /// Charges at once; then the answer comes too late, or the connection breaks.
    LosesAnswers,
}

/// What differs from one gateway's interface to the next.
pub(crate) struct Dialect {
    pub(crate) name: &'static str,
    /// Where charges are posted.
    pub(crate) path: &'static str,
    /// Where the amount stands in a charge, as a JSON pointer.
    pub(crate) amount: &'static str,
    /// The fields of an answer.
    pub(crate) id: &'static str,
    pub(crate) status: &'static str,
    /// The least time that a charge takes.
    pub(crate) latency: Duration,
}

pub(crate) const STRIPE: Dialect = Dialect {
    name: "stripe",
    path: "/create-charge",
    amount: "/amount",
    id: "id",
    status: "status",
    latency: Duration::from_millis(10),
};

pub(crate) const PAYPAL: Dialect = Dialect {
    name: "paypal",
    path: "/create-payment",
    amount: "/amount",
    id: "payment_id",
    status: "state",
    latency: Duration::from_millis(15),
};

pub(crate) const SQUARE: Dialect = Dialect {
    name: "square",
    path: "/charge",
    amount: "/amount_money/amount",
    id: "payment_id",
    status: "status",
    latency: Duration::from_millis(20),
};

/// A charge that was made.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) id: String,
    pub(crate) amount: u64,
    /// Whether someone had to ask for it, because the answer got lost.
    pub(crate) asked_for: bool,
}

/// All that a gateway knows; under one lock, so that a charge and a question about it never cross.
#[derive(Default)]
struct Books {
    ledger: Vec<Entry>,
    requests: HashMap<String, usize>,
    declined: HashSet<String>,
    /// By key, the attempt up to which someone was told that there is no charge: so none of them may make one later.
    void: HashMap<String, u32>,
}

/// Which payment a request is about, and which attempt at it.
struct Attempt {
    key: String,
    number: u32,
}

impl<S: Sync> FromRequestParts<S> for Attempt {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let key = header("idempotency-key").ok_or(StatusCode::BAD_REQUEST)?.to_owned();
        let number = header("attempt").and_then(|number| number.parse().ok()).ok_or(StatusCode::BAD_REQUEST)?;
        Ok(Self { key, number })
    }
}

/// What becomes of a request to charge.
enum Answer {
    Receipt(Json<Value>),
    Refusal(StatusCode),
    /// The connection breaks.
    Silence,
}

/// A gateway and its counters.
pub(crate) struct Gateway {
    dialect: Dialect,
    mode: Mutex<Mode>,
    books: Mutex<Books>,
    served: AtomicU64,
    under_way: AtomicUsize,
}

impl Gateway {
    /// Starts a server; gives its counters and its address.
    pub(crate) async fn start(dialect: Dialect) -> Result<(Arc<Self>, String), Fault> {
        let path = dialect.path;
        let gateway = Arc::new(Self {
            dialect,
            mode: Mutex::new(Mode::Up),
            books: Mutex::default(),
            served: AtomicU64::new(0),
            under_way: AtomicUsize::new(0),
        });
        let router = Router::new()
            .route(path, post(charge))
            .route("/resolve", post(resolve))
            .route("/health", get(health))
            .with_state(Arc::clone(&gateway));
        Ok((gateway, serve(router).await?))
    }

    pub(crate) fn name(&self) -> &'static str {
        self.dialect.name
    }

    pub(crate) fn mode(&self) -> Mode {
        *lock(&self.mode)
    }

    pub(crate) fn turn(&self, mode: Mode) {
        *lock(&self.mode) = mode;
    }

    /// Every charge that was made, in order.
    pub(crate) fn ledger(&self) -> Vec<Entry> {
        lock(&self.books).ledger.clone()
    }

    /// How many requests to charge came in under this key.
    pub(crate) fn requests(&self, key: &str) -> usize {
        lock(&self.books).requests.get(key).copied().unwrap_or(0)
    }

    /// How many requests to charge came in.
    pub(crate) fn requests_in_all(&self) -> usize {
        lock(&self.books).requests.values().sum()
    }

    /// The keys of the payments whose card it declined.
    pub(crate) fn declined(&self) -> HashSet<String> {
        lock(&self.books).declined.clone()
    }

    /// Waits until nothing is under way, requests included whose callers have given up.
    pub(crate) async fn idle(&self) {
        while self.under_way.load(Ordering::SeqCst) > 0 {
            sleep(Duration::from_millis(5)).await;
        }
    }

    async fn charge(&self, attempt: Attempt, order: Value) -> Answer {
        let mode = self.mode();
        match mode {
            Mode::Down => return Answer::Refusal(StatusCode::SERVICE_UNAVAILABLE),
            Mode::Slow => sleep(TOO_LONG).await,
            Mode::Up | Mode::LosesAnswers => sleep(self.latency()).await,
        }
        let entry = match self.book(attempt, &order) {
            Ok(entry) => entry,
            Err(refusal) => return Answer::Refusal(refusal),
        };
        if mode == Mode::LosesAnswers {
            if entry.amount % 2 == 0 {
                return Answer::Silence;
            }
            sleep(TOO_LONG).await;
        }
        Answer::Receipt(self.receipt(&entry))
    }

    /// Writes a charge into the ledger, unless the attempt is void or the card is no good.
    fn book(&self, Attempt { key, number }: Attempt, order: &Value) -> Result<Entry, StatusCode> {
        let amount = order.pointer(self.dialect.amount).and_then(Value::as_u64);
        let amount = amount.ok_or(StatusCode::UNPROCESSABLE_ENTITY)?;
        let mut books = lock(&self.books);
        if books.void.get(&key).is_some_and(|&last| number <= last) {
            return Err(StatusCode::GONE);
        }
        if order["customer"] == NO_FUNDS {
            books.declined.insert(key);
            return Err(StatusCode::PAYMENT_REQUIRED);
        }
        let id = format!("{}-{}", self.dialect.name, books.ledger.len() + 1);
        let entry = Entry { key, id, amount, asked_for: false };
        books.ledger.push(entry.clone());
        Ok(entry)
    }

    /// The charge made under this key. If there is none, the attempts so far will not make one either.
    fn resolve(&self, Attempt { key, number }: Attempt) -> Option<Entry> {
        let mut books = lock(&self.books);
        let Some(entry) = books.ledger.iter_mut().find(|entry| entry.key == key) else {
            books.void.insert(key, number);
            return None;
        };
        entry.asked_for = true;
        Some(entry.clone())
    }

    fn receipt(&self, entry: &Entry) -> Json<Value> {
        Json(json!({ self.dialect.id: entry.id, self.dialect.status: "paid" }))
    }

    /// Up to twice the least time, evenly spread.
    fn latency(&self) -> Duration {
        let served = self.served.fetch_add(1, Ordering::Relaxed);
        self.dialect.latency * u32::try_from(10 + served * 7 % 10).unwrap_or(10) / 10
    }
}

async fn charge(State(gateway): State<Arc<Gateway>>, attempt: Attempt, Json(order): Json<Value>) -> Response {
    *lock(&gateway.books).requests.entry(attempt.key.clone()).or_default() += 1;
    gateway.under_way.fetch_add(1, Ordering::SeqCst);
    // In a task of its own: a server drops the handler of a caller that has hung up, but a gateway goes on.
    let work = tokio::spawn(async move {
        let answer = gateway.charge(attempt, order).await;
        gateway.under_way.fetch_sub(1, Ordering::SeqCst);
        answer
    });
    match work.await {
        Ok(Answer::Receipt(receipt)) => receipt.into_response(),
        Ok(Answer::Refusal(status)) => status.into_response(),
        // Unwinding, without a panic's message, ends the task that serves the connection, and so the connection.
        Ok(Answer::Silence) => resume_unwind(Box::new("the connection breaks")),
        Err(bug) => resume_unwind(bug.into_panic()),
    }
}

async fn resolve(State(gateway): State<Arc<Gateway>>, attempt: Attempt) -> Response {
    match gateway.resolve(attempt) {
        Some(entry) => gateway.receipt(&entry).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn health(State(gateway): State<Arc<Gateway>>) -> StatusCode {
    if gateway.mode() == Mode::Down { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
}
