use std::fmt::Error;

use ductape::{Verdict, fallback};

fn verdict(_: &u8) -> Verdict {
    Verdict::Retry
}

#[fallback(classify(verdict))]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
