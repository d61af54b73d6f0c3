use std::fmt::Error;

use ductape::quota;

const DRAINED: u32 = 0;

#[quota]
async fn send() -> ductape::Result<u32, Error> {
    #[provider("twilio", weight(DRAINED))]
    { Ok(1) }
    #[provider("nexmo", weight(DRAINED))]
    { Ok(2) }
}

fn main() {}
