use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(intervall = "30s")]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
