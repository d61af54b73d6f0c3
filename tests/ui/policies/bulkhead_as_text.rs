use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", bulkhead = "10")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
