use std::fmt::Error;

use ductape::{WorkflowResult, workflow};

async fn call() -> Result<u32, Error> {
    Ok(1)
}

async fn back(_: u32) -> Result<(), Error> {
    Ok(())
}

#[workflow]
async fn order(items: [Option<u32>; 2]) -> WorkflowResult<u32, Error> {
    for item in items {
        println!(
            "{}",
            match item {
                Some(_) => call().await?,
                None => continue,
            }
        );
    }
    #[step("a")]
    let a = call().await?;
    #[undo]
    { back(a).await }
    Ok(a)
}

fn main() {}
