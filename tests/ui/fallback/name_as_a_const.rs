use std::fmt::Error;

use ductape::fallback;

const STRIPE: &str = "stripe";

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary(STRIPE)]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
