use std::fmt::Error;

use ductape::{WorkflowResult, workflow};

async fn call() -> Result<u32, Error> {
    Ok(1)
}

const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);

#[workflow(deadline = "1s")]
async fn order() -> WorkflowResult<u32, Error> {
    #[step("reserve", timeout(TIMEOUT))]
    let held = call().await?;
    Ok(held)
}

async fn show() -> u32 {
    order().await.unwrap_or(0)
}

fn main() {}
