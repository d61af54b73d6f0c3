use std::fmt::Error;

use ductape::quota;

#[quota]
async fn send() -> ductape::Result<u32, Error> {
    #[provider("twilio", weight = 100)]
    { Ok(1) }
    { Ok(2) }
}

fn main() {}
