use std::fmt::Error;

use ductape::action;

#[action]
async fn charge() -> ductape::Result<u32, Error> {
    #[provider("stripe")]
    { Ok(1) }
}

fn main() {}
