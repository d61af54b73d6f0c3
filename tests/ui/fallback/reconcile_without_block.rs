use std::fmt::Error;

use ductape::fallback;

fn verdict(_: &Error) -> ductape::Verdict {
    ductape::Verdict::Retry
}

#[fallback(at_most_once, classify(verdict))]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[reconcile]
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
