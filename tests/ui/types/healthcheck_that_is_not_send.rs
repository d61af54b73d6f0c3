use std::fmt::Error;

use ductape::healthcheck;

async fn ping() {}

#[healthcheck(interval = "30s")]
async fn stripe_health() -> Result<(), Error> {
    let local = std::rc::Rc::new(());
    ping().await;
    drop(local);
    Ok(())
}

fn main() {}
