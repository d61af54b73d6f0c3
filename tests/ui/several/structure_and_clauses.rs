use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[fallback("stripe", retry = 2)]
    { Ok(1) }
    let key = 7;
    #[fallback("stripe")]
    { Ok(2) }
}

async fn checkout() -> u32 {
    pay().await.unwrap_or(0)
}

fn main() {}
