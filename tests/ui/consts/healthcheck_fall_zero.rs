use std::fmt::Error;

use ductape::healthcheck;

const IN_A_ROW: u32 = 0;

#[healthcheck(interval = "30s", fall(IN_A_ROW))]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
