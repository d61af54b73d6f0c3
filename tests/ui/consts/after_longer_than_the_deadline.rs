use std::fmt::Error;
use std::time::Duration;

use ductape::{Verdict, fallback};

const AFTER: Duration = Duration::from_secs(1);

fn verdict(_: &Error) -> Verdict {
    Verdict::Ambiguous
}

#[fallback(deadline = "6s", timeout = "2s", at_most_once, classify(verdict))]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[reconcile(after(AFTER))]
    { Ok(None) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
