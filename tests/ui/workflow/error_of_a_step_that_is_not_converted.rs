use std::fmt::Error;

use ductape::{WorkflowResult, workflow};

async fn read() -> Result<u32, std::num::ParseIntError> {
    "7".parse()
}

#[workflow]
async fn order() -> WorkflowResult<u32, Error> {
    #[step("a")]
    let a = read().await?;
    Ok(a)
}

async fn checkout() -> u32 {
    order().await.unwrap_or(0)
}

fn main() {}
