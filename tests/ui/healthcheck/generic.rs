use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval = "30s")]
async fn stripe_health<T: Send + Sync>(_: &T) -> Result<(), Error> {
    Ok(())
}

fn main() {}
