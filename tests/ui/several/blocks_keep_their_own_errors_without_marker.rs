use std::fmt::Error;

use ductape::fallback;

fn charge() -> Result<&'static str, Error> {
    Ok("receipt")
}

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    { charge() }
    #[fallback("paypal")]
    { Ok(2) }
}

async fn checkout() -> u32 {
    pay().await.unwrap_or(0)
}

fn main() {}
