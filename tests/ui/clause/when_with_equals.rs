use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay(large: bool) -> ductape::Result<u32, Error> {
    #[primary("stripe", when = large)]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
