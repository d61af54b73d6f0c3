use std::fmt::Error;

use ductape::fallback;

const FAILURES: u32 = 0;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", breaker(failures(FAILURES)))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
