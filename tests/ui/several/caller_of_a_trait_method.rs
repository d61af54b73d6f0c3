use std::fmt::Error;

use ductape::quota;

trait Sms {
    async fn send(&self) -> ductape::Result<u32, Error>;
}

struct Client;

impl Sms for Client {
    #[quota]
    async fn send(&self) -> ductape::Result<u32, Error> {
        #[provider("twilio")]
        { Ok(1) }
    }
}

async fn notify(client: &Client) -> u32 {
    client.send().await.unwrap_or(0)
}

fn main() {}
