use std::fmt::Error;

use ductape::quota;

#[quota]
async fn send() -> ductape::Result<u32, Error> {
    #[fallback("log")]
    { Ok(1) }
}

fn main() {}
