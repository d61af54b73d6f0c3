use std::fmt::Error;

use ductape::healthcheck;

struct Stripe<'a>(&'a str);

#[healthcheck(interval = "30s")]
async fn stripe_health<'a>(stripe: &Stripe<'a>) -> Result<(), Error> {
    let _ = stripe.0;
    Ok(())
}

fn main() {}
