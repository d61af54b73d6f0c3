use std::fmt::Error;

use ductape::workflow;

async fn call() -> Result<u32, Error> {
    Ok(1)
}

#[workflow]
async fn order() -> ductape::WorkflowResult<impl Into<u64>, Error> {
    #[step("a")]
    let a = call().await?;
    Ok(a)
}

fn main() {}
