use std::fmt::Error;

use ductape::action;

#[action(json = true)]
async fn pay(cents: u32) -> ductape::Result<u32, Error> {
    Ok(cents)
}

fn main() {}
