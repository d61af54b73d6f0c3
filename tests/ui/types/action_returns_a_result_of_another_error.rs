use std::fmt::Error;

use ductape::action;

#[action]
async fn charge() -> Result<u32, Error> {
    Ok(1)
}

fn main() {}
