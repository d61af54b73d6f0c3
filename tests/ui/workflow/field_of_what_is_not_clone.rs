use std::fmt::Error;

use ductape::{WorkflowResult, workflow};

struct Hold {
    id: u32,
}

async fn reserve() -> Result<u32, Error> {
    Ok(1)
}

async fn release(_: u32) -> Result<(), Error> {
    Ok(())
}

#[workflow]
async fn order(mut hold: Hold) -> WorkflowResult<u32, Error> {
    #[step("reserve")]
    hold.id = reserve().await?;
    #[undo]
    { release(hold.id).await }
    #[step("again")]
    hold.id = reserve().await?;
    Ok(hold.id)
}

fn main() {}
