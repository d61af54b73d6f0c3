use std::fmt::Error;
use std::time::Duration;

use ductape::fallback;

const TIMEOUT: Duration = Duration::from_secs(2);

#[fallback(deadline = "3s", timeout(TIMEOUT))]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
