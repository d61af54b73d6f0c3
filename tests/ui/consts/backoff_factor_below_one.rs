use std::fmt::Error;

use ductape::fallback;

const FACTOR: f64 = 0.5;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", retries = 2, backoff(factor(FACTOR)))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
