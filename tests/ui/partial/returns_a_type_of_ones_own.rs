use std::fmt::Error;

use ductape::partial;

struct Page(u32);

async fn call() -> Result<u32, Error> {
    Ok(1)
}

#[partial]
async fn page() -> Page {
    #[part("a")]
    let a = call().await?;
    Page(a)
}

fn main() {}
