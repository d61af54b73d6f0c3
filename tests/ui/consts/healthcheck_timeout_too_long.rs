use std::fmt::Error;
use std::time::Duration;

use ductape::healthcheck;

const TIMEOUT: Duration = Duration::from_secs(100_000);

#[healthcheck(interval = "30s", timeout(TIMEOUT))]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
