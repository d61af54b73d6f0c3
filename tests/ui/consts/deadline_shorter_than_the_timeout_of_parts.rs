use std::fmt::Error;

use ductape::partial;

async fn call() -> Result<u32, Error> {
    Ok(1)
}

const DEADLINE: std::time::Duration = std::time::Duration::from_secs(1);

#[partial(deadline(DEADLINE), timeout = "2s")]
async fn page() -> ductape::Result<u32, Error> {
    #[part("user")]
    let user = call().await?;
    Ok(user)
}

async fn show() -> u32 {
    page().await.unwrap_or(0)
}

fn main() {}
