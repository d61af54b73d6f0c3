use std::fmt::Error;

use ductape::fallback;

#[fallback(timeout = "1s")]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", hedge = "200ms")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
