use std::fmt::Error;

use ductape::fallback;

const COST: f64 = -1.0;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", cost(COST))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
