use std::fmt::Error;

use ductape::fallback;

const COST: u32 = 2;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", cost(COST))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
