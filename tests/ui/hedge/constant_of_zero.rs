use std::fmt::Error;

use ductape::fallback;

const DELAY: std::time::Duration = std::time::Duration::ZERO;

#[fallback(hedge(DELAY))]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
