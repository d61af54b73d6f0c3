use std::fmt::Error;

use ductape::action;

#[action("stripe", retries = 1)]
async fn charge() -> ductape::Result<u32, Error> {
    Ok(1)
}

fn main() {}
