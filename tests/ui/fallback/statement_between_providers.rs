use std::fmt::Error;

use ductape::fallback;

fn log(_: &str) {}

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    log("next");
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
