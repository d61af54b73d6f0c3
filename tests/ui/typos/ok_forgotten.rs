use std::fmt::Error;

use ductape::fallback;

async fn charge() -> Result<u32, Error> {
    Ok(1)
}

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    {
        let receipt = charge().await?;
        receipt
    }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
