//! `#[action]` with every clause and block.

use ductape::{Outcome, Verdict, action};

use crate::health::plain_health;
use crate::{Client, Failure, Mine};

impl Client {
    /// One protected call.
    ///
    /// # Errors
    ///
    /// When it fails.
    #[action(
        app = "stripe",
        tag = "strict-charge",
        name = "Charge",
        description = "charges a card",
        deadline = "1m",
        classify(|_| Verdict::Ambiguous),
        at_most_once,
        all_unhealthy = "fail",
        retries = 3,
        backoff(jitter = "none"),
        timeout = "3s",
        healthcheck(plain_health)
    )]
    pub async fn charge(&self, text: &str) -> ductape::Result<Outcome<u64>, Failure> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Failure::Refused);
        }
        return self.send(text).await;

        #[reconcile(after = "1s")]
        {
            self.find(text).await
        }

        #[degrade]
        {
            Ok(0)
        }
    }
}

/// With nothing but its body.
///
/// # Errors
///
/// When it fails.
#[action]
pub async fn bare_action(client: &Client) -> ductape::Result<u64, Failure> {
    Ok(client.send("text").await? + 1)
}

/// With an error of its own.
///
/// # Errors
///
/// When it fails.
#[action(error(Failure))]
pub async fn own_action(client: &Client) -> Result<u64, Mine> {
    client.send("text").await
}
