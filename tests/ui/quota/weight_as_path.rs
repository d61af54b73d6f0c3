use std::fmt::Error;

use ductape::quota;

const SHARE: u32 = 30;

#[quota]
async fn send() -> ductape::Result<u32, Error> {
    #[provider("twilio", weight = 70)]
    { Ok(1) }
    #[provider("nexmo", weight = SHARE)]
    { Ok(2) }
}

fn main() {}
