use std::fmt::Error;

use ductape::{WorkflowResult, workflow};

async fn call() -> Result<u32, Error> {
    Ok(1)
}

#[workflow]
async fn order(open: bool) -> WorkflowResult<u32, Error> {
    #[step("a")]
    if open {
        call().await?;
    }
    Ok(1)
}

async fn checkout() -> u32 {
    order(true).await.unwrap_or(0)
}

fn main() {}
