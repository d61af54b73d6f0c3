use std::fmt::Error;

use ductape::healthcheck;

struct Stripe;

#[healthcheck(interval = "30s")]
async fn stripe_health(_: &Stripe, _: &str) -> Result<(), Error> {
    Ok(())
}

fn main() {}
