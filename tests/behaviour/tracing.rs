//! R92: spans and events of runs, as a subscriber of `tracing` sees them.

mod ear;
mod events;
mod spans;

use ductape::fallback;

use self::ear::Ear;
use crate::support::{Answer, Script, Scripted};

#[fallback(tag = "trace-pair", classify(Scripted::verdict), timeout = "50ms")]
async fn pair(a: &Script, b: &Script) -> Answer {
    #[primary("a", retries = 1, backoff(base = "10ms", factor = 1, jitter = "none"))]
    {
        ::tracing::info!("in a");
        a.call().await
    }
    #[fallback("b")]
    {
        ::tracing::info_span!("http").in_scope(|| ::tracing::info!("in b"));
        b.call().await
    }
}
