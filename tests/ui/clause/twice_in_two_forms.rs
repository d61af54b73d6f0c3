use std::fmt::Error;

use ductape::fallback;

const MAX: u32 = 3;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", retries = 2, retries(MAX))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
