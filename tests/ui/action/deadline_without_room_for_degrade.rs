use std::fmt::Error;

use ductape::action;

#[action(deadline = "2s", timeout = "2s")]
async fn charge() -> ductape::Result<u32, Error> {
    return Ok(1);
    #[degrade(timeout = "1s")]
    { Ok(0) }
}

fn main() {}
