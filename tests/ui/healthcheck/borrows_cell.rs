use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval = "30s")]
async fn stripe_health(stripe: &std::cell::Cell<u8>) -> Result<(), Error> {
    let _ = stripe;
    Ok(())
}

fn main() {}
