use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("a")]
    { Ok(1) }
    #[fallback("A")]
    { Ok(2) }
}

fn main() {}
