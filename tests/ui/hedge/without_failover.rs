use std::fmt::Error;

use ductape::quota;

#[quota(failover = false, hedge = "200ms")]
async fn pay() -> ductape::Result<u32, Error> {
    #[provider("stripe", weight = 50)]
    { Ok(1) }
    #[provider("paypal", weight = 50)]
    { Ok(2) }
}

fn main() {}
