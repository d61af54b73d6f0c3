use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay(tries: u32) -> ductape::Result<u32, Error> {
    #[primary("stripe", retries(tries))]
    { Ok(tries) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
