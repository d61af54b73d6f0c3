use std::fmt::Error;

use ductape::fallback;

async fn other(amount: u32) -> Result<u32, Error> {
    Ok(amount)
}

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    other(2).await
}

fn main() {}
