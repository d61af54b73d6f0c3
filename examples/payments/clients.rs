//! The clients of the three gateways, and what their errors mean.

use ductape::Verdict;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// What is to be paid.
#[derive(Debug, Clone)]
pub(crate) struct Charge {
    pub(crate) order: usize,
    pub(crate) cents: u64,
    pub(crate) customer: &'static str,
}

impl Charge {
    /// The name of this payment at every gateway, however often it is tried.
    pub(crate) fn idempotency_key(&self) -> String {
        format!("order-{}", self.order)
    }
}

/// Why a gateway gave no receipt.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PayError {
    #[error("card declined")]
    Declined,
    #[error("unavailable")]
    Unavailable(#[source] reqwest::Error),
    #[error("answer lost")]
    AnswerLost(#[source] reqwest::Error),
}

impl PayError {
    /// What each error means; above all, which ones say for certain that nothing was charged.
    pub(crate) fn verdict(&self) -> Verdict {
        match self {
            Self::Declined => Verdict::Abort,
            Self::Unavailable(_) => Verdict::Retry,
            Self::AnswerLost(_) => Verdict::Ambiguous,
        }
    }
}

impl From<reqwest::Error> for PayError {
    fn from(error: reqwest::Error) -> Self {
        match error.status() {
            Some(StatusCode::PAYMENT_REQUIRED) => Self::Declined,
            Some(StatusCode::SERVICE_UNAVAILABLE) => Self::Unavailable(error),
            None if error.is_connect() => Self::Unavailable(error),
            // Whatever else went wrong, the request may have arrived.
            _ => Self::AnswerLost(error),
        }
    }
}

/// What the three gateways have in common.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    http: Client,
    base: String,
}

impl Api {
    pub(crate) fn new(http: &Client, base: String) -> Self {
        Self { http: http.clone(), base }
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, key: &str, order: &Value) -> Result<T, PayError> {
        let answer = self.request(path, key).json(order).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }

    /// The charge made under this key. `None` is the gateway's word that there is none, and that no attempt so far
    /// will make one, not even one that is still under way.
    async fn find<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, PayError> {
        let answer = self.request("/resolve", key).send().await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        Ok(Some(answer.error_for_status()?.json().await?))
    }

    /// The gateways want to know the attempt as well: a question about the first one is none about the second.
    fn request(&self, path: &str, key: &str) -> RequestBuilder {
        let attempt = ductape::attempt().map_or(1, |attempt| attempt.number());
        self.http.post(format!("{}{path}", self.base)).header("Idempotency-Key", key).header("Attempt", attempt)
    }

    async fn ping(&self) -> Result<(), PayError> {
        self.http.get(format!("{}/health", self.base)).send().await?.error_for_status()?;
        Ok(())
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Stripe(pub(crate) Api);

/// A charge, as Stripe tells it.
#[derive(Debug, Deserialize)]
pub(crate) struct StripeCharge {
    pub(crate) id: String,
    pub(crate) status: String,
}

impl Stripe {
    pub(crate) async fn charge(&self, charge: &Charge, key: &str) -> Result<StripeCharge, PayError> {
        let order = json!({ "amount": charge.cents, "currency": "USD", "customer": charge.customer });
        self.0.post("/create-charge", key, &order).await
    }

    pub(crate) async fn find(&self, key: &str) -> Result<Option<StripeCharge>, PayError> {
        self.0.find(key).await
    }

    pub(crate) async fn ping(&self) -> Result<(), PayError> {
        self.0.ping().await
    }
}

#[derive(Debug, Clone)]
pub(crate) struct PayPal(pub(crate) Api);

/// A payment, as `PayPal` tells it.
#[derive(Debug, Deserialize)]
pub(crate) struct PayPalPayment {
    pub(crate) payment_id: String,
    pub(crate) state: String,
}

impl PayPal {
    pub(crate) async fn pay(&self, charge: &Charge, key: &str) -> Result<PayPalPayment, PayError> {
        let order = json!({ "amount": charge.cents, "currency": "USD", "customer": charge.customer });
        self.0.post("/create-payment", key, &order).await
    }

    pub(crate) async fn find(&self, key: &str) -> Result<Option<PayPalPayment>, PayError> {
        self.0.find(key).await
    }

    pub(crate) async fn ping(&self) -> Result<(), PayError> {
        self.0.ping().await
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Square(pub(crate) Api);

/// A payment, as Square tells it.
#[derive(Debug, Deserialize)]
pub(crate) struct SquarePayment {
    pub(crate) payment_id: String,
    pub(crate) status: String,
}

impl Square {
    pub(crate) async fn charge(&self, charge: &Charge, key: &str) -> Result<SquarePayment, PayError> {
        let money = json!({ "amount": charge.cents, "currency": "USD" });
        self.0.post("/charge", key, &json!({ "amount_money": money, "customer": charge.customer })).await
    }

    pub(crate) async fn find(&self, key: &str) -> Result<Option<SquarePayment>, PayError> {
        self.0.find(key).await
    }
}
