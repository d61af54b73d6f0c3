use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval = "30s")]
async fn stripe_health(stripe: &str) -> Result<(), Error> {
    let _ = stripe;
    Ok(())
}

fn main() {}
