use std::fmt::Error;

use ductape::action;

#[action(app = "Stripe", retries = many, when(true))]
async fn charge() -> ductape::Result<u32, Error> {
    Ok(1)
}

async fn checkout() -> u32 {
    charge().await.unwrap_or(0)
}

fn main() {}
