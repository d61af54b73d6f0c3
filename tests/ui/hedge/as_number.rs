use std::fmt::Error;

use ductape::fallback;

#[fallback(hedge = 200)]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
