use std::fmt::Error;

use ductape::action;

#[action]
async fn __() -> ductape::Result<u32, Error> {
    Ok(1)
}

fn main() {}
