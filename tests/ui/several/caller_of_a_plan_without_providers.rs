use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
}

async fn checkout() -> u32 {
    pay().await.unwrap_or(0)
}

fn main() {}
