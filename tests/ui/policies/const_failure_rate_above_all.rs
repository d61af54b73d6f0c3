use std::fmt::Error;

use ductape::fallback;

const RATE: ductape::Percent = ductape::Percent::of(150);

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", breaker(failure_rate(RATE)))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
