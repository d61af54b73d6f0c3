use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval = "30s")]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn start() {
    let _ = ductape::Runtime::builder().bind(&stripe_health, "stripe");
}

fn main() {}
