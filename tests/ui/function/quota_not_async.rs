use std::fmt::Error;

use ductape::quota;

#[quota]
fn send() -> ductape::Result<u32, Error> {
    #[provider("twilio", weight = 100)]
    { Ok(1) }
}

fn main() {}
