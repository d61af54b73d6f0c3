use std::fmt::Error;

use ductape::fallback;

const MAX: u32 = 0;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", bulkhead(max(MAX)))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
