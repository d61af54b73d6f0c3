use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval = "30s", timeout = "0s")]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
