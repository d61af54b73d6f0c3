use std::fmt::Error;

use ductape::partial;

#[derive(Default)]
struct Page {
    user: u32,
    orders: u32,
}

async fn call(before: u32) -> Result<u32, Error> {
    Ok(before)
}

#[partial]
async fn page() -> ductape::Result<u32, Error> {
    let mut page = Page::default();
    #[part("user")]
    page.user = call(1).await?;
    #[part("orders")]
    page.orders = call(page.user).await?;
    Ok(page.user + page.orders)
}

async fn show() -> u32 {
    page().await.unwrap_or(0)
}

fn main() {}
