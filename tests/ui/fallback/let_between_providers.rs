use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    let key = 7;
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
