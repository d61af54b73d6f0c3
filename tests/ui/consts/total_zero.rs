use std::fmt::Error;

use ductape::quota;

const TOTAL: u32 = 0;

#[quota(total(TOTAL))]
async fn send() -> ductape::Result<u32, Error> {
    #[provider("twilio", weight = 0)]
    { Ok(1) }
    #[provider("nexmo", weight = 0)]
    { Ok(2) }
}

fn main() {}
