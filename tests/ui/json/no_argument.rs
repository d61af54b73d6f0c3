use std::fmt::Error;

use ductape::action;

#[action(json)]
async fn pay() -> ductape::Result<u32, Error> {
    Ok(1)
}

fn main() {}
