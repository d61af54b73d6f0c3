use std::fmt::Error;
use std::time::Duration;

use ductape::fallback;

const WAIT: Duration = Duration::from_secs(1);

#[fallback(deadline = "5s", timeout = "2s", bulkhead(max = 10, wait(WAIT)))]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
