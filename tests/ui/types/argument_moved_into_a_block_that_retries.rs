use std::fmt::Error;

use ductape::fallback;

fn charge(_: Vec<u8>) -> Result<u32, Error> {
    Ok(1)
}

#[fallback]
async fn pay(card: Vec<u8>) -> ductape::Result<u32, Error> {
    #[primary("stripe", retries = 2)]
    { charge(card) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
