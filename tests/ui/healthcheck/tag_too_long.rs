use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval = "30s", tag = "a-name-of-more-than-sixty-four-characters-is-too-long-to-be-a-label")]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
