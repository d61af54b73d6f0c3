use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
