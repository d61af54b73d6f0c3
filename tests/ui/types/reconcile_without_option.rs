use std::fmt::Error;

use ductape::{Verdict, fallback};

fn verdict(_: &Error) -> Verdict {
    Verdict::Ambiguous
}

fn find() -> Result<u32, Error> {
    Ok(1)
}

#[fallback(at_most_once, classify(verdict))]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[reconcile]
    { find() }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
