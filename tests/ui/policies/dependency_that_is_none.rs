use std::fmt::Error;

use ductape::fallback;

static STRIPE: u32 = 1;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", dependency(STRIPE))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
