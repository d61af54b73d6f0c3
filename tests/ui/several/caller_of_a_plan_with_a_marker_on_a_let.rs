use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    let done = 7;
    #[fallback("paypal")]
    { Ok(2) }
}

async fn checkout() -> u32 {
    pay().await.unwrap_or(0)
}

fn main() {}
