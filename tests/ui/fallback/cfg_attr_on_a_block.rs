use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[cfg_attr(unix, allow(unused))]
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
