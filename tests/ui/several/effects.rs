use std::fmt::Error;

use ductape::fallback;

#[fallback(at_most_once)]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[reconcile(after = 1)]
    { Ok(None) }
    #[fallback("paypal")]
    { Ok(2) }
    #[degrade(timeout = "0s")]
    { Ok(0) }
}

async fn checkout() -> u32 {
    pay().await.unwrap_or(0)
}

fn main() {}
