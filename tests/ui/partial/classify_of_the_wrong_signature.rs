use std::fmt::Error;

use ductape::{Verdict, partial};

async fn call() -> Result<u32, Error> {
    Ok(1)
}

fn verdict(_: &u32) -> Verdict {
    Verdict::Retry
}

#[partial(classify(verdict))]
async fn page() -> ductape::Result<u32, Error> {
    #[part("user")]
    let user = call().await?;
    Ok(user)
}

async fn show() -> u32 {
    page().await.unwrap_or(0)
}

fn main() {}
