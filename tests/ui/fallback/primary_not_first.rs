use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[fallback("paypal")]
    { Ok(1) }
    #[primary("stripe")]
    { Ok(2) }
}

fn main() {}
