use std::fmt::Error;

use ductape::fallback;

#[fallback(deadline = 30, tag = "Pay")]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", retries = -1)]
    { Ok(1) }
    #[fallback("stripe", timeout = "0s")]
    { Ok(2) }
}

async fn checkout() -> u32 {
    pay().await.unwrap_or(0)
}

fn main() {}
