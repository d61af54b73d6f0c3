use std::fmt::Error;

use ductape::fallback;

fn timeout() -> std::time::Duration {
    std::time::Duration::from_secs(2)
}

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", timeout(timeout()))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
