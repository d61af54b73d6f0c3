use std::fmt::Error;

use ductape::quota;

#[quota]
async fn send() -> ductape::Result<u32, Error> {
    #[primary("twilio")]
    { Ok(1) }
    #[provider("nexmo", weight = 100)]
    { Ok(2) }
}

fn main() {}
