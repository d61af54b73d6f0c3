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
    #[step("a")]
    let a = call().await?;
    #[undo]
    { back(a).await }
    println!("{} {}", async { call().await?; Ok::<_, Error>(u32::from(open)) }.await.is_ok(), call().await?);
    Ok(a)
}

async fn checkout() -> u32 {
    order(true).await.unwrap_or(0)
}

fn main() {}
