use std::fmt::Error;
use std::time::Duration;

use ductape::fallback;

const TIMEOUT: Duration = Duration::from_secs(100_000);

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", timeout(TIMEOUT))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
