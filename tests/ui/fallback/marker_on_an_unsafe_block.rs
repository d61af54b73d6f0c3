use std::fmt::Error;

use ductape::fallback;

unsafe fn charge() -> Result<u32, Error> {
    Ok(1)
}

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    unsafe { charge() }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
