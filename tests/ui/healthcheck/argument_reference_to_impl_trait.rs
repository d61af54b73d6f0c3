use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval = "30s")]
async fn stripe_health(_: &impl Send) -> Result<(), Error> {
    Ok(())
}

fn main() {}
