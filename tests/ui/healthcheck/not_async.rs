use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval = "30s")]
fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
