use std::fmt::Error;

use ductape::partial;

async fn call(before: u32) -> Result<u32, Error> {
    Ok(before)
}

#[partial]
async fn page() -> ductape::Result<u32, Error> {
    let mut user = 0;
    let orders;
    #[part("user")]
    user = call(1).await?;
    #[part("orders")]
    orders = call(user).await;
    Ok(user + orders.unwrap_or(0))
}

async fn show() -> u32 {
    page().await.unwrap_or(0)
}

fn main() {}
