use std::fmt::Error;

use ductape::action;

#[action(tag = "")]
async fn charge() -> ductape::Result<u32, Error> {
    Ok(1)
}

fn main() {}
