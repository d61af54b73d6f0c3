use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    if true { Ok(1) } else { Ok(2) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
