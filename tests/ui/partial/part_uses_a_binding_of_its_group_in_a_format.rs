use std::fmt::Error;

use ductape::partial;

async fn call(_: &str) -> Result<u32, Error> {
    Ok(1)
}

#[partial]
async fn page() -> ductape::Result<u32, Error> {
    #[part("user")]
    let user = call("me").await?;
    #[part("orders")]
    let orders = call(&format!("orders of {user:?}")).await;
    Ok(user + orders.unwrap_or(0))
}

async fn show() -> u32 {
    page().await.unwrap_or(0)
}

fn main() {}
