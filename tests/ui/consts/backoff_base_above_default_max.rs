use std::fmt::Error;
use std::time::Duration;

use ductape::fallback;

const BASE: Duration = Duration::from_secs(11);

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", retries = 2, backoff(base(BASE)))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
