use std::fmt::Error;

use ductape::fallback;

#[fallback(tag = "a-name-of-more-than-sixty-four-characters-is-too-long-to-be-a-label")]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
