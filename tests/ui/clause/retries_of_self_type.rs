use std::fmt::Error;

use ductape::fallback;

struct Payments;

impl Payments {
    const RETRIES: u32 = 2;

    #[fallback(retries(Self::RETRIES))]
    async fn pay(&self) -> ductape::Result<u32, Error> {
        #[primary("stripe")]
        { Ok(1) }
        #[fallback("paypal")]
        { Ok(2) }
    }
}

fn main() {}
