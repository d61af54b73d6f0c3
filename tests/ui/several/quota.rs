use std::fmt::Error;

use ductape::quota;

#[quota(pick = "fastest", totl = 100)]
async fn send() -> ductape::Result<u32, Error> {
    #[provider("twilio", weight = 70)]
    { Ok(1) }
    #[provider("twilio", weight = "30")]
    { Ok(2) }
}

async fn notify() -> u32 {
    send().await.unwrap_or(0)
}

fn main() {}
