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
    #[step("a")]
    let a = call().await.map(|a| vec![a])?;
    #[undo]
    { back(a.len() as u32).await }
    #[step("b")]
    let b = call().await.map(|b| (b, a))?;
    Ok(b.0)
}

async fn checkout() -> u32 {
    order().await.unwrap_or(0)
}

fn main() {}
