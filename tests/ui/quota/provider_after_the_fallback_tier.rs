use std::fmt::Error;

use ductape::quota;

#[quota]
async fn send() -> ductape::Result<u32, Error> {
    #[provider("twilio", weight = 70)]
    { Ok(1) }
    #[fallback("log")]
    { Ok(3) }
    #[provider("nexmo", weight = 30)]
    { Ok(2) }
}

fn main() {}
