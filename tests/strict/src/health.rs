//! Healthchecks in both forms.

use ductape::healthcheck;

use crate::{Client, Failure, RETRIES, TIMEOUT};

/// Looks after a client that is bound before start.
#[healthcheck(
    tag = "client",
    interval = "30s",
    retries = 2,
    timeout = "2s",
    fall = 2,
    rise = 3,
    env = "prd",
    env = "stg"
)]
pub async fn client_health(client: &Client) -> Result<u64, Failure> {
    client.send("ping").await
}

/// Needs nothing.
#[healthcheck(interval(TIMEOUT), timeout(TIMEOUT), retries(RETRIES), fall(RETRIES), rise(RETRIES))]
pub async fn plain_health() -> Result<(), String> {
    std::future::ready(Ok(())).await
}

#[healthcheck(interval = "1m")]
pub(crate) async fn inner_health(_: &std::sync::Arc<Client>) -> std::io::Result<()> {
    std::future::ready(Ok(())).await
}
