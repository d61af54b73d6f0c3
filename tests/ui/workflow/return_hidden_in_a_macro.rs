use std::fmt::Error;

use ductape::{WorkflowResult, workflow};

async fn call() -> Result<u32, Error> {
    Ok(1)
}

async fn back(_: u32) -> Result<(), Error> {
    Ok(())
}

macro_rules! check {
    ($condition:expr) => {
        if !$condition {
            return Err(Error);
        }
    };
}

#[workflow]
async fn order(open: bool) -> WorkflowResult<u32, Error> {
    #[step("a")]
    let a = call().await?;
    #[undo]
    { back(a).await }
    check!(open);
    Ok(a)
}

async fn checkout() -> u32 {
    order(true).await.unwrap_or(0)
}

fn main() {}
