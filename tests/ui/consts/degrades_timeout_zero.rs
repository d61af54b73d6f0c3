use std::fmt::Error;
use std::time::Duration;

use ductape::fallback;

const LAST: Duration = Duration::ZERO;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
    #[degrade(timeout(LAST))]
    { Ok(0) }
}

fn main() {}
