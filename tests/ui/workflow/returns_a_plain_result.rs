use std::fmt::Error;

use ductape::workflow;

async fn call() -> Result<u32, Error> {
    Ok(1)
}

#[workflow]
async fn order() -> Result<u32, Error> {
    #[step("a")]
    let a = call().await?;
    Ok(a)
}

fn main() {}
