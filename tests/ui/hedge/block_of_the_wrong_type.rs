use std::fmt::Error;

use ductape::fallback;

#[fallback(hedge = "200ms")]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { "1" }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
