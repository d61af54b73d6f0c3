use std::fmt::Error;

use ductape::fallback;

#[fallback]
fn pay() -> impl Future<Output = ductape::Result<u32, Error>> {
    async move {
        #[primary("stripe")]
        { Ok(1) }
        #[fallback("paypal")]
        { Ok(2) }
    }
}

fn main() {}
