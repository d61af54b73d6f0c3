use std::fmt::Error;

use ductape::{WorkflowResult, workflow};

async fn call() -> Result<u32, Error> {
    Ok(1)
}

async fn back(_: u32) -> Result<(), Error> {
    Ok(())
}

#[workflow]
async fn order() -> WorkflowResult<u32, Error> {
    #[step("charge")]
    let paid = call().await?;
    #[undo]
    { back(paid).await }
    #[step("charge.undo")]
    let other = call().await?;
    Ok(paid + other)
}

async fn checkout() -> u32 {
    order().await.unwrap_or(0)
}

fn main() {}
