use std::fmt::Error;

use ductape::fallback;

#[fallback(retries = 1, timeout = "2s", retries = 2)]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
