use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", retries = 1, retries = 2, retries = 3)]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
