use std::fmt::Error;

use ductape::{Verdict, fallback};

fn verdict(_: &Error) -> Verdict {
    Verdict::Ambiguous
}

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", classify(verdict))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
