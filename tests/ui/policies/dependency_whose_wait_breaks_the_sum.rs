use std::fmt::Error;
use std::time::Duration;

use ductape::{Dependency, Rate, RateLimit, fallback};

static STRIPE: Dependency = Dependency::new("stripe").rate_limit(RateLimit::new(Rate::per_second(1)).wait(Duration::from_secs(1)));

#[fallback(deadline = "5s", timeout = "2s", dependency(STRIPE))]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
