use std::fmt::Error;

use ductape::quota;

#[quota(sticky(amount))]
async fn send(amount: f64) -> ductape::Result<u32, Error> {
    #[provider("twilio", weight = 70)]
    { Ok(1) }
    #[provider("nexmo", weight = 30)]
    { Ok(2) }
}

fn main() {}
