use std::fmt::Error;

use ductape::fallback;

fn verdict(_: &Error) -> ductape::Verdict {
    ductape::Verdict::Retry
}

#[fallback(at_most_once, classify(verdict), hedge = "200ms")]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
