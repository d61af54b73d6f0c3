use std::fmt::Error;

use ductape::fallback;

static STRIPE: u32 = 1;

#[fallback(deadline = "30s", dependency(STRIPE))]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
