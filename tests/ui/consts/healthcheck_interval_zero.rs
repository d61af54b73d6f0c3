use std::fmt::Error;
use std::time::Duration;

use ductape::healthcheck;

const EVERY: Duration = Duration::ZERO;

#[healthcheck(interval(EVERY))]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
