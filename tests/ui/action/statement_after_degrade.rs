use std::fmt::Error;

use ductape::action;

#[action]
async fn charge() -> ductape::Result<u32, Error> {
    return Ok(1);
    #[degrade]
    { Ok(0) }
    Ok(2)
}

fn main() {}
