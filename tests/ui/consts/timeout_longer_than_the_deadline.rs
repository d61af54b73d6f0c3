use std::fmt::Error;
use std::time::Duration;

use ductape::fallback;

const TIMEOUT: Duration = Duration::from_secs(2);

#[fallback(deadline = "3s")]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", timeout(TIMEOUT))]
    { Ok(1) }
    #[fallback("paypal", timeout = "2s")]
    { Ok(2) }
}

fn main() {}
