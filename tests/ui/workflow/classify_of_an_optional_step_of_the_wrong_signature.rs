use std::fmt::Error;

use ductape::{WorkflowResult, workflow};

async fn call() -> Result<u32, Error> {
    Ok(1)
}

#[workflow]
async fn order() -> WorkflowResult<u32, Error> {
    fn verdict(text: &u8) -> ductape::Verdict {
        let _ = text;
        ductape::Verdict::Retry
    }
    #[step("a", classify(verdict))]
    let a = call().await;
    Ok(a.unwrap_or(0))
}

async fn checkout() -> u32 {
    order().await.unwrap_or(0)
}

fn main() {}
