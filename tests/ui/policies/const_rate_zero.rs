use std::fmt::Error;

use ductape::fallback;

const RATE: ductape::Rate = ductape::Rate::per_second(0);

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", rate_limit(rate(RATE)))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
