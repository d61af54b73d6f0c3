use std::fmt::Error;

use ductape::{fallback, healthcheck};

#[healthcheck(interval = "30s")]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", healthcheck(&stripe_health))]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
