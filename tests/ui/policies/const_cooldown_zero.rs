use std::fmt::Error;
use std::time::Duration;

use ductape::fallback;

const COOLDOWN: Duration = Duration::ZERO;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", breaker(cooldown(COOLDOWN)))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
