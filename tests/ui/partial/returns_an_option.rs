use std::fmt::Error;

use ductape::partial;

async fn call() -> Result<u32, Error> {
    Ok(1)
}

#[partial]
async fn page() -> Option<u32> {
    #[part("a")]
    let a = call().await?;
    Ok(a)
}

fn main() {}
