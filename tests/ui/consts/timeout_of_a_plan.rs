use std::fmt::Error;
use std::time::Duration;

use ductape::fallback;

const TIMEOUT: Duration = Duration::ZERO;

#[fallback(timeout(TIMEOUT))]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
