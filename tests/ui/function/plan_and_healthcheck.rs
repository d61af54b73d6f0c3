use std::fmt::Error;

use ductape::fallback;

#[ductape::healthcheck(interval = "30s")]
#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
