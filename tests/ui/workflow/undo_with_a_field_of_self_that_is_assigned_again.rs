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

impl Shop {
    #[workflow]
    async fn order(&mut self) -> WorkflowResult<(), Error> {
        for _ in 0..3 {
            #[step("reserve")]
            self.hold = reserve().await?;
            #[undo]
            { release(self.hold).await }
        }
        Ok(())
    }
}

fn main() {}
