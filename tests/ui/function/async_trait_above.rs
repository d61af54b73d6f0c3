use std::fmt::Error;

use async_trait::async_trait;
use ductape::fallback;

#[async_trait]
trait Gateway {
    async fn pay(&self) -> ductape::Result<u32, Error>;
}

struct Payments;

#[async_trait]
impl Gateway for Payments {
    #[fallback]
    async fn pay(&self) -> ductape::Result<u32, Error> {
        #[primary("stripe")]
        { Ok(1) }
        #[fallback("paypal")]
        { Ok(2) }
    }
}

fn main() {}
