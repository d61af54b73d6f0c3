use std::fmt::Error;

use ductape::fallback;

const SECONDS: u64 = 2;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", timeout(SECONDS))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
