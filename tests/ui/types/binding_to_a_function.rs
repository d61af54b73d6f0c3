use std::fmt::Error;

use ductape::healthcheck;

struct Stripe;

async fn paypal_health(_: &Stripe) {}

#[healthcheck(interval = "30s")]
async fn stripe_health(_: &Stripe) -> Result<(), Error> {
    Ok(())
}

fn start() {
    let _ = ductape::Runtime::builder().bind(&paypal_health, Stripe);
}

fn main() {}
