use std::fmt::Error;

use ductape::action;

#[action(deadline = "1s", timeout = "2s")]
async fn charge() -> ductape::Result<u32, Error> {
    Ok(1)
}

fn main() {}
