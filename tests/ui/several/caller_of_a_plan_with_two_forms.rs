use std::fmt::Error;

use ductape::{Outcome, fallback};

#[fallback(retries = 2, retries(3))]
async fn pay() -> ductape::Result<Outcome<u32>, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

async fn checkout() -> u32 {
    pay().await.map_or(0, Outcome::into_inner)
}

fn main() {}
