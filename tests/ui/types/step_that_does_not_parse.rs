use std::fmt::Error;

use ductape::{WorkflowResult, workflow};

async fn call() -> Result<u32, Error> {
    Ok(1)
}

#[workflow]
async fn order() -> WorkflowResult<u32, Error> {
    #[step("a")]
    let a = call().await?;
    let b = call().;
    Ok(a + b)
}

async fn checkout() -> u32 {
    order().await.unwrap_or(0)
}

fn main() {}
