use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval = "30s", colour = "red")]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
