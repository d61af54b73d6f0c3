use std::fmt::Error;

use ductape::healthcheck;

struct Stripe;

#[healthcheck(interval = 30)]
async fn stripe_health(_: &Stripe) -> Result<(), Error> {
    Ok(())
}

fn start() {
    let _ = ductape::Runtime::builder().bind(&stripe_health, Stripe);
}

fn main() {}
