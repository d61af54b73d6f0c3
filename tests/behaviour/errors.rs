//! What comes back: errors with their trails, outcomes, and names.

mod messages;
mod shape;
mod values;

use std::time::Duration;

use ductape::{Verdict, fallback};

use crate::support::{Answer, Script, Scripted};

/// Two providers without retries; each throttles itself where its script says so.
#[fallback(tag = "payment", classify(Scripted::verdict), timeout = "50ms")]
async fn payment(a: &Script, wanted: bool, b: &Script) -> Answer {
    #[primary("stripe", retries = 1)]
    {
        a.call().await
    }
    #[fallback("paypal", when(wanted))]
    {
        b.call().await
    }
}

fn throttled(seconds: u64) -> Verdict {
    Verdict::Throttled(Duration::from_secs(seconds))
}
