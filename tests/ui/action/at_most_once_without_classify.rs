use std::fmt::Error;

use ductape::action;

#[action(at_most_once)]
async fn charge() -> ductape::Result<u32, Error> {
    Ok(1)
}

fn main() {}
