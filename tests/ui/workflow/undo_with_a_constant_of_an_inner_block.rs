use std::fmt::Error;

use ductape::{WorkflowResult, workflow};

async fn call() -> Result<u32, Error> {
    Ok(1)
}

async fn back(_: u32) -> Result<(), Error> {
    Ok(())
}

#[workflow]
async fn order(open: bool) -> WorkflowResult<u32, Error> {
    if open {
        const ORDER: u32 = 3;
        #[step("a")]
        call().await?;
        #[undo]
        { println!("{ORDER}"); Ok(()) }
    }
    Ok(u32::from(open))
}

async fn checkout() -> u32 {
    order(true).await.unwrap_or(0)
}

fn main() {}
