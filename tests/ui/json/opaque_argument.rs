use std::fmt::Error;

use ductape::action;

#[action(json)]
async fn pay(cents: Option<impl Into<u32> + Copy>) -> ductape::Result<u32, Error> {
    Ok(cents.map_or(0, Into::into))
}

fn main() {}
