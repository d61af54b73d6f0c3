use std::fmt::Error;

use ductape::{WorkflowResult, workflow};

struct Shop {
    hold: u32,
}

async fn reserve() -> Result<u32, Error> {
    Ok(1)
}

async fn release(_: u32) -> Result<(), Error> {
    Ok(())
}

#[workflow]
async fn order(shop: &mut Shop) -> WorkflowResult<(), Error> {
    #[step("reserve")]
    shop.hold = reserve().await?;
    #[undo]
    { release(shop.hold).await }
    #[step("again")]
    shop.hold = reserve().await?;
    Ok(())
}

fn main() {}
