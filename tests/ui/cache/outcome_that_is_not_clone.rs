use std::fmt::Error;

use ductape::fallback;

struct Receipt;

#[fallback(cache(ttl = "60s"))]
async fn pay() -> ductape::Result<ductape::Outcome<Receipt>, Error> {
    #[primary("stripe")]
    { Ok(Receipt) }
    #[fallback("paypal")]
    { Ok(Receipt) }
}

fn main() {}
