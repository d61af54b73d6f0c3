use std::fmt::Error;

use ductape::action;

#[action(backoff(base = "1s"))]
async fn charge() -> ductape::Result<u32, Error> {
    Ok(1)
}

fn main() {}
