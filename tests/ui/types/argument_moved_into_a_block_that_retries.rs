use std::fmt::Error;

use ductape::fallback;

fn charge(_: String) -> Result<u32, Error> {
    Ok(1)
}

#[fallback]
async fn pay(card: String) -> ductape::Result<u32, Error> {
    #[primary("stripe", retries = 2)]
    { charge(card) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
