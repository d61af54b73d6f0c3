use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback]
    let done = { Ok(2) };
}

fn main() {}
