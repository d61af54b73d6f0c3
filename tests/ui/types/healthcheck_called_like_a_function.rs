use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval = "30s")]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

async fn probe() {
    stripe_health().await;
}

fn main() {}
