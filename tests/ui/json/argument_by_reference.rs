use std::fmt::Error;

use ductape::action;

#[action(json)]
async fn pay(cents: &u32) -> ductape::Result<u32, Error> {
    Ok(*cents)
}

fn main() {}
