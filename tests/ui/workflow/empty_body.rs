use std::fmt::Error;

use ductape::{WorkflowResult, workflow};

#[workflow]
async fn order() -> WorkflowResult<u32, Error> {

}

async fn checkout() -> u32 {
    order().await.unwrap_or(0)
}

fn main() {}
