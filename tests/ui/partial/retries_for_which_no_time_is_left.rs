use std::fmt::Error;

use ductape::partial;

async fn call() -> Result<u32, Error> {
    Ok(1)
}

#[partial(deadline = "800ms")]
async fn page() -> ductape::Result<u32, Error> {
    #[part("user", timeout = "800ms", retries = 2)]
    let user = call().await?;
    Ok(user)
}

async fn show() -> u32 {
    page().await.unwrap_or(0)
}

fn main() {}
