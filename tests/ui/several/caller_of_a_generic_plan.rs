use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay<T: Into<u32>>(amount: T) -> ductape::Result<u32, Error> {
    let amount = amount.into();
    #[primary("stripe", retries = "2")]
    { Ok(amount) }
    #[fallback("paypal")]
    { Ok(2) }
}

async fn checkout() -> u32 {
    pay(7_u8).await.unwrap_or(0)
}

fn main() {}
