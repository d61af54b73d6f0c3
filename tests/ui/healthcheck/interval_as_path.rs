use std::fmt::Error;

use ductape::healthcheck;

const EVERY: std::time::Duration = std::time::Duration::from_secs(30);

#[healthcheck(interval = EVERY)]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
