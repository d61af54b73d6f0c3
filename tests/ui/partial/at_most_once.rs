use std::fmt::Error;

use ductape::partial;

async fn call() -> Result<u32, Error> {
    Ok(1)
}

#[partial(at_most_once)]
async fn page() -> ductape::Result<u32, Error> {
    #[part("a")]
    let a = call().await?;
    Ok(a)
}

async fn show() -> u32 {
    page().await.unwrap_or(0)
}

fn main() {}
