use std::fmt::Error;

use ductape::fallback;

struct User;

#[fallback(cache(ttl = "60s", key(user)))]
async fn pay(user: &User) -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
