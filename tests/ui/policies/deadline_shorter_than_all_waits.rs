use std::fmt::Error;

use ductape::fallback;

#[fallback(deadline = "5s", timeout = "2s", bulkhead(max = 10, wait = "300ms"), rate_limit(rate = "100/s", wait = "300ms"))]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
