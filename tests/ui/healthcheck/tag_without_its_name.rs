use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck("stripe-health", interval = "30s")]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
