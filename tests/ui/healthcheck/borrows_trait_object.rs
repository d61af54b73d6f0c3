use std::fmt::Error;

use ductape::healthcheck;

trait Ping {}

#[healthcheck(interval = "30s")]
async fn stripe_health(stripe: &dyn Ping) -> Result<(), Error> {
    let _ = stripe;
    Ok(())
}

fn main() {}
