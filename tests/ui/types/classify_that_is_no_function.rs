use std::fmt::Error;

use ductape::{Verdict, fallback};

const VERDICT: Verdict = Verdict::Retry;

#[fallback(classify(VERDICT))]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
