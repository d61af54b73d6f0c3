use std::fmt::Error;

use ductape::fallback;

struct Payments {
    retries: u32,
}

impl Payments {
    #[fallback(retries(self.retries))]
    async fn pay(&self) -> ductape::Result<u32, Error> {
        #[primary("stripe")]
        { Ok(1) }
        #[fallback("paypal")]
        { Ok(2) }
    }
}

fn main() {}
