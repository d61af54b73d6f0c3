#![deny(unused_must_use)]

use std::fmt::Error;

use ductape::{WorkflowResult, workflow};

async fn call() -> Result<String, Error> {
    Ok("a".to_owned())
}

#[workflow]
async fn order() -> WorkflowResult<u32, Error> {
    #[step("a")]
    let a = call().await?;
    #[undo]
    { drop(a.clone()); Ok(()) }
    call().await?.len();
    Ok(3)
}

fn main() {}
