use std::fmt::Error;

use ductape::fallback;

const TTL: std::time::Duration = std::time::Duration::from_secs(31 * 24 * 60 * 60);

#[fallback(cache(ttl(TTL)))]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
