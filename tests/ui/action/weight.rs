use std::fmt::Error;

use ductape::action;

#[action(weight = 100)]
async fn charge() -> ductape::Result<u32, Error> {
    Ok(1)
}

fn main() {}
