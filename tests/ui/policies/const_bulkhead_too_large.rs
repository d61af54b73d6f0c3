use std::fmt::Error;

use ductape::fallback;

const MAX: u32 = 600_000;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", bulkhead(max(MAX * 2)))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
