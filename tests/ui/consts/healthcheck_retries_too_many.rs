use std::fmt::Error;

use ductape::healthcheck;

const MAX: u32 = 100_001;

#[healthcheck(interval = "30s", retries(MAX))]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
