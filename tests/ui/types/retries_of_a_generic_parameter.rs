use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay<const N: u32>() -> ductape::Result<u32, Error> {
    #[primary("stripe", retries(N))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
