use std::fmt::Error;

use ductape::{WorkflowResult, workflow};

async fn call() -> Result<u32, Error> {
    Ok(1)
}

#[workflow]
async fn order(open: bool) -> WorkflowResult<u32, Error> {
    if open {
        call().await?;
    }
    #[step("a")]
    call().await
}

async fn checkout() -> u32 {
    order(true).await.unwrap_or(0)
}

fn main() {}
