use std::fmt::Error;

use ductape::quota;

fn charge() -> Result<u32, Error> {
    Ok(1)
}

#[quota]
async fn send() -> ductape::Result<u32, Error> {
    #[provider("nexmo", weight = 30)]
    { Ok(2) }
    #[provider("twilio", weight = 70)]
    charge()
}

fn main() {}
