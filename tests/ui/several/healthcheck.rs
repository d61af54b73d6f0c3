use std::fmt::Error;

use ductape::healthcheck;

struct Stripe;

#[healthcheck(interval = 30, fall = 0, colour = "red")]
async fn stripe_health(_: &Stripe, _: u32) -> Result<(), Error> {
    Ok(())
}

fn main() {}
