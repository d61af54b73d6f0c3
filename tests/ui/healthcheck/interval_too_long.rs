use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval = "25h")]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
