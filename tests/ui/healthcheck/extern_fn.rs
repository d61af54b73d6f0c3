use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval = "30s")]
async extern "C" fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
