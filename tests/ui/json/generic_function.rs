use std::fmt::Error;

use ductape::action;

#[action(json)]
async fn pay<T: Send + Copy>(cents: T) -> ductape::Result<T, Error> {
    Ok(cents)
}

fn main() {}
