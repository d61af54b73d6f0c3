//! `#[quota]` with every clause and block.

use ductape::{Outcome, quota};

use crate::health::client_health;
use crate::{Client, Failure, Mine};

const SHARE: u32 = 7;

impl Client {
    /// Spreads the texts.
    ///
    /// # Errors
    ///
    /// When nobody works.
    #[quota(
        tag = "strict-spread",
        name = "Spread",
        description = "sends a text",
        deadline = "3m",
        classify(Failure::verdict),
        at_most_once,
        all_unhealthy = "try",
        total = 10,
        pick = "smooth",
        sticky(key),
        failover = true,
        retries = 1,
        timeout = "5s"
    )]
    pub async fn spread(&self, user: u64, text: &str) -> ductape::Result<Outcome<u64>, Failure> {
        let key = (user, text);

        /// The larger one.
        #[provider("first", weight(SHARE), healthcheck(client_health), cost = 1)]
        {
            self.send(text).await
        }
        #[reconcile]
        {
            self.find(text).await
        }

        #[provider("second", weight = 3, when(user > 0))]
        {
            self.send(text).await
        }

        #[provider("drained", weight = 0)]
        {
            Ok(0)
        }

        #[fallback("log")]
        {
            Ok(user)
        }

        #[degrade]
        {
            Ok(0)
        }
    }
}

/// Draws, and does not try another one.
///
/// # Errors
///
/// When the one that was drawn fails.
#[quota(pick = "random", failover = false, error(Failure))]
pub async fn draw() -> Result<u64, Mine> {
    #[provider("first", weight = 100)]
    {
        Err(Failure::Lost)
    }
}
