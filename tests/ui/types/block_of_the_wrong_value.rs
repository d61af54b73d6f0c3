use std::fmt::Error;

use ductape::fallback;

fn charge() -> Result<&'static str, Error> {
    Ok("receipt")
}

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { charge() }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
