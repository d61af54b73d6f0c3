use std::fmt::Error;

use ductape::quota;

#[quota(hedge = "200ms")]
async fn pay() -> ductape::Result<u32, Error> {
    #[provider("stripe", weight = 100)]
    { Ok(1) }
}

fn main() {}
