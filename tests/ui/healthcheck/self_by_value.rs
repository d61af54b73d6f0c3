use std::fmt::Error;

use ductape::healthcheck;

struct Stripe;

impl Stripe {
    #[healthcheck(interval = "30s")]
    async fn health(self) -> Result<(), Error> {
        Ok(())
    }
}

fn main() {}
