use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval = "30s")]
async fn stripe_health(stripe: &std::rc::Rc<u8>) -> Result<(), Error> {
    let _ = stripe;
    Ok(())
}

fn main() {}
