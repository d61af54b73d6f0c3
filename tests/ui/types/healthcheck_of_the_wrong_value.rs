use std::fmt::Error;

use ductape::healthcheck;

fn ping() -> Result<u32, Error> {
    Ok(1)
}

#[healthcheck(interval = "30s")]
async fn stripe_health() -> Result<(), Error> {
    ping()
}

fn main() {}
