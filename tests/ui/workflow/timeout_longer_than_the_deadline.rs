use std::fmt::Error;

use ductape::{WorkflowResult, workflow};

async fn call() -> Result<u32, Error> {
    Ok(1)
}

#[workflow(deadline = "1s")]
async fn order() -> WorkflowResult<u32, Error> {
    #[step("reserve", timeout = "5s")]
    let held = call().await?;
    Ok(held)
}

async fn show() -> u32 {
    order().await.unwrap_or(0)
}

fn main() {}
