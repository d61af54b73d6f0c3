use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval = "30s", env("prd", "stg"))]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
