use std::fmt::Error;

use ductape::healthcheck;

#[healthcheck(interval = "30s")]
async fn __() -> Result<(), Error> {
    Ok(())
}

fn main() {}
