use std::fmt::Error;

use ductape::fallback;

fn charge(_: Vec<u8>) -> Result<u32, Error> {
    Ok(1)
}

#[fallback]
async fn pay(card: &[u8]) -> ductape::Result<u32, Error> {
    let card = card.to_owned();
    #[primary("stripe")]
    { charge(card) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
