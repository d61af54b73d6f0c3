use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval = "30s", interval = "60s")]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
