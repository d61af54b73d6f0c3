use std::fmt::Error;

use ductape::partial;

async fn call() -> Result<u32, Error> {
    Ok(1)
}

#[partial]
fn page() -> ductape::Result<u32, Error> {
    #[part("a")]
    let a = call().await?;
    Ok(a)
}

fn main() {}
