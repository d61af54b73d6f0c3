use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<impl Copy, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
