use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    if { true } {
        #[fallback("square")]
        { Ok(2) }
    } else { Ok(3) }
}

fn main() {}
