use std::fmt::Error;

use ductape::fallback;

async fn ready() -> Result<bool, Error> {
    Ok(true)
}

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", when(ready().await.is_ok()))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
