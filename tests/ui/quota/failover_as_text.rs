use std::fmt::Error;

use ductape::quota;

#[quota(failover = "false")]
async fn send() -> ductape::Result<u32, Error> {
    #[provider("twilio", weight = 70)]
    { Ok(1) }
    #[provider("nexmo", weight = 30)]
    { Ok(2) }
}

fn main() {}
