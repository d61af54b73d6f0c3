use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay(amount: u32) -> ductape::Result<u32, Error> {
    #[primary("stripe", when(amount))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
