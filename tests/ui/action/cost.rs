use std::fmt::Error;

use ductape::action;

#[action(cost = 0.029)]
async fn charge() -> ductape::Result<u32, Error> {
    Ok(1)
}

fn main() {}
