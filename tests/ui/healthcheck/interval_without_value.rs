use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval)]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
