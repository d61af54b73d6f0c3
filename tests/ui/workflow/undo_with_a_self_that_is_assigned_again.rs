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
    async fn release(&self, hold: u32) -> Result<(), Error> {
        release(self.hold + hold).await
    }

    #[workflow]
    async fn order(mut self) -> WorkflowResult<u32, Error> {
        #[step("reserve")]
        let hold = reserve().await?;
        #[undo]
        { self.release(hold).await }
        self = Shop { hold };
        Ok(self.hold)
    }
}

fn main() {}
