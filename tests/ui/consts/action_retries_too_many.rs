use std::fmt::Error;

use ductape::action;

const MAX: u32 = 100_001;

#[action(retries(MAX))]
async fn charge() -> ductape::Result<u32, Error> {
    Ok(1)
}

fn main() {}
