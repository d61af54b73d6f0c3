use std::fmt::Error;

use ductape::workflow;

async fn call() -> Result<u32, Error> {
    Ok(1)
}

#[workflow]
async fn order() -> ductape::Result<u32, Error> {
    #[step("a")]
    let a = call().await?;
    Ok(a)
}

fn main() {}
