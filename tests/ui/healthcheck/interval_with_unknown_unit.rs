use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval = "30 parsecs")]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
