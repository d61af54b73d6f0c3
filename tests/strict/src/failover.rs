//! `#[fallback]` with every clause and block.

use ductape::{Outcome, fallback};

use crate::health::{client_health, inner_health, plain_health};
use crate::{Client, Failure, Mine, RETRIES, TIMEOUT};

const FACTOR: f64 = 1.5;
const COST: f64 = 2.5;

impl Client {
    /// Sends through whoever works, and never twice.
    ///
    /// # Errors
    ///
    /// When nobody works.
    #[fallback(
        tag = "strict-deliver",
        name = "Deliver",
        description = "sends a text",
        deadline = "2m",
        classify(Failure::verdict),
        at_most_once,
        all_unhealthy = "fail",
        retries = 1,
        backoff(base = "100ms", factor = 2, max = "10s", jitter = "full"),
        timeout = "5s",
        healthcheck(plain_health)
    )]
    pub async fn deliver(&self, text: &str) -> ductape::Result<Outcome<u64>, Failure> {
        let trimmed = text.trim();

        /// The cheapest.
        #[primary(
            "first",
            retries(RETRIES),
            backoff(base(TIMEOUT), factor(FACTOR), max(TIMEOUT), jitter = "equal"),
            timeout(TIMEOUT),
            healthcheck(client_health),
            when(trimmed.len() < 160),
            cost = 0.03
        )]
        {
            self.send(trimmed).await
        }
        #[reconcile(after = "500ms")]
        {
            self.find(trimmed).await
        }

        #[fallback("second", retries = 0, timeout = "1s", cost(COST))]
        {
            let sent = self.send(trimmed).await?;
            if sent == 0 {
                return Err(Failure::Lost);
            }
            Ok(sent)
        }
        #[reconcile]
        {
            Ok(None)
        }

        #[fallback("third", healthcheck(inner_health), when(cfg!(unix)))]
        {
            Err(Failure::Refused)
        }

        #[degrade(timeout = "1s")]
        {
            Ok(0)
        }
    }
}

/// With nothing but what must be there.
///
/// # Errors
///
/// When nobody works.
#[fallback]
pub async fn bare() -> ductape::Result<u64, Failure> {
    #[primary("first")]
    {
        Err(Failure::Lost)
    }

    #[fallback("second")]
    {
        Ok(2)
    }
}

/// With an error of its own, which `?` and `return` before the first provider give as well.
///
/// # Errors
///
/// When nobody works.
#[fallback(error(Failure), deadline(TIMEOUT), timeout = "1s")]
pub async fn with_an_error_of_its_own(client: &Client, text: Result<&str, Mine>) -> Result<u64, Mine> {
    let text = text?;
    if text.is_empty() {
        return Ok(0);
    }

    #[primary("first")]
    {
        client.send(text).await
    }

    #[fallback("second")]
    {
        Ok(2)
    }
}

/// With several providers at once, and their values kept.
///
/// # Errors
///
/// When nobody works.
#[fallback(hedge = "200ms", cache(ttl = "60s", stale = "10m", capacity = 100, key(text)), timeout(TIMEOUT))]
pub async fn hedged_and_cached(client: &Client, text: &str) -> ductape::Result<Outcome<u64>, Failure> {
    #[primary("first", retries(RETRIES))]
    {
        client.send(text).await
    }

    #[fallback("second", when(text.is_empty()))]
    {
        client.send(text).await
    }

    #[degrade]
    {
        Ok(0)
    }
}
