use std::fmt::Error;

use ductape::partial;

#[partial]
async fn page() -> ductape::Result<u32, Error> {
    #[part("a")]
    let a = 3;
    Ok(a.unwrap_or(0))
}

async fn show() -> u32 {
    page().await.unwrap_or(0)
}

fn main() {}
