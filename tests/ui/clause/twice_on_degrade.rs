use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
    #[degrade(timeout = "1s", timeout = "2s")]
    { Ok(0) }
}

fn main() {}
