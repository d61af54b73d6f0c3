use std::fmt::Error;

use ductape::healthcheck;

const IN_A_ROW: u32 = 1_000_001;

#[healthcheck(interval = "30s", rise(IN_A_ROW))]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
