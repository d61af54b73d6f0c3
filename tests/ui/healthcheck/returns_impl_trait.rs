use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval = "30s")]
async fn stripe_health() -> impl Send {
    Ok::<(), Error>(())
}

fn main() {}
