use std::fmt::Error;

use ductape::partial;

async fn call() -> Result<u32, Error> {
    Ok(1)
}

#[partial]
async fn page() -> ductape::Result<u32, Error> {
    #[part("user")]
    if true {
        call().await?;
    }
    Ok(1)
}

async fn show() -> u32 {
    page().await.unwrap_or(0)
}

fn main() {}
