use std::fmt::Error;

use ductape::{Verdict, fallback};

fn verdict(_: &Error) -> Verdict {
    Verdict::Ambiguous
}

#[fallback(at_most_once, classify(verdict))]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    let key = 7;
    #[reconcile]
    { Ok(None) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
