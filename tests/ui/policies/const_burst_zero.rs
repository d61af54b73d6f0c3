use std::fmt::Error;

use ductape::fallback;

const BURST: u32 = 0;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", rate_limit(rate = "100/s", burst(BURST)))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
