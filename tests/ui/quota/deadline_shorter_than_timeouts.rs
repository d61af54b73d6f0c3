use std::fmt::Error;

use ductape::quota;

#[quota(deadline = "5s", timeout = "2s")]
async fn send() -> ductape::Result<u32, Error> {
    #[provider("twilio", weight = 70)]
    { Ok(1) }
    #[provider("nexmo", weight = 30)]
    { Ok(2) }
    #[fallback("log")]
    { Ok(3) }
}

fn main() {}
