#![deny(unused_must_use)]

use std::fmt::Error;

use ductape::{WorkflowResult, workflow};

async fn call() -> Result<u32, Error> {
    Ok(1)
}

#[workflow]
async fn order() -> WorkflowResult<u32, Error> {
    #[step("a")]
    let a = call().await?;
    #[undo]
    { if a > 0 { Ok(()) } else { Err(Error) } }
    call().await?.count_ones();
    Ok(3)
}

fn main() {}
