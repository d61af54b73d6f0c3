use std::fmt::Error;
use std::time::Duration;

use ductape::fallback;

const MAX: Duration = Duration::from_secs(1);

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", retries = 2, backoff(base = "2s", max(MAX)))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
