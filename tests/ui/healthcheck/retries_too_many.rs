use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval = "30s", retries = 100_001)]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
