use std::fmt::Error;

use ductape::fallback;

fn charge() -> Result<u32, u8> {
    Ok(1)
}

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { charge() }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
