use std::fmt::Error;

use ductape::{fallback, healthcheck};

#[healthcheck(interval = "30s")]
#[deprecated]
pub async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

#[fallback]
#[tokio::main(flavor = "current_thread")]
async fn main() -> ductape::Result<(), Error> {
    #[primary("stripe")]
    { Ok(()) }
    #[fallback("paypal")]
    { Ok(()) }
}
