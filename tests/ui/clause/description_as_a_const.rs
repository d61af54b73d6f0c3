use std::fmt::Error;

use ductape::fallback;

const TEXT: &str = "charges a card";

#[fallback(description = TEXT)]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
