use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", cache(ttl = "60s"))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
