use std::fmt::Error;

use ductape::partial;

async fn call() -> Result<u32, Error> {
    Ok(1)
}

const TRIES: u32 = 2;

#[partial(deadline = "1s")]
async fn page() -> ductape::Result<u32, Error> {
    #[part("user", timeout = "1s", retries(TRIES))]
    let user = call().await?;
    Ok(user)
}

async fn show() -> u32 {
    page().await.unwrap_or(0)
}

fn main() {}
