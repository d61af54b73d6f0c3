use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    #[fallback("paypal")]
    { Ok(2) }
    #[fallback("square")]
    { Ok(3) }
}

fn main() {}
