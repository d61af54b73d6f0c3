use std::fmt::Error;

use ductape::fallback;

#[fallback(deadline = "1s")]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", timeout = "2s")]
    { Ok(1) }
    #[fallback("paypal", timeout = "500ms")]
    { Ok(2) }
}

fn main() {}
