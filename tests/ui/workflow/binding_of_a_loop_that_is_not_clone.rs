use std::fmt::Error;

use ductape::{WorkflowResult, workflow};

struct Hold(u32);

async fn reserve(item: u32) -> Result<Hold, Error> {
    Ok(Hold(item))
}

async fn release(hold: &Hold) -> Result<(), Error> {
    let _ = hold.0;
    Ok(())
}

#[workflow]
async fn order() -> WorkflowResult<u32, Error> {
    for item in 0..3 {
        #[step("reserve")]
        let hold = reserve(item).await?;
        #[undo]
        { release(&hold).await }
    }
    Ok(3)
}

fn main() {}
