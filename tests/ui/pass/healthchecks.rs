#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;
use std::sync::Arc;

use ductape::{Healthcheck, action, healthcheck};

pub struct Client<T>(T);

/// Looks after Stripe.
#[healthcheck(interval = "30s", retries = 2, timeout = "2s", fall = 2, rise = 3, tag = "stripe", env = "prd", env = "stg")]
pub async fn stripe_health(client: &Client<u32>) -> Result<u32, String> {
    if client.0 == 0 {
        return Err("zero".to_owned());
    }
    Ok(client.0)
}

mod checks {
    #[ductape::healthcheck(interval = "1m")]
    pub(crate) async fn shared(_: &std::sync::Arc<str>) -> std::io::Result<()> {
        Ok(())
    }

    #[ductape::healthcheck(interval = "24h")]
    pub(super) async fn nothing() -> anyhow::Result<()> {
        anyhow::bail!("down")
    }
}

#[healthcheck(interval = "30s")]
async fn boxed((one, _): &(u32, u32)) -> Result<(), Box<dyn std::error::Error>> {
    let _ = one.to_string().parse::<u32>()?;
    Ok(())
}

#[healthcheck(interval = "30s")]
async fn borrowed<'a>(client: &'a Client<Vec<u8>>) -> Result<&'a [u8], Error> {
    Ok(&client.0)
}

#[action(healthcheck(checks::nothing))]
async fn charge() -> ductape::Result<u32, Error> {
    #[healthcheck(interval = "30s")]
    async fn local() -> Result<(), Error> {
        Ok(())
    }

    #[action(healthcheck(local))]
    async fn inner() -> ductape::Result<u32, Error> {
        Ok(1)
    }
    inner().await.map_err(|_| Error)
}

static ALIAS: &Healthcheck<Client<u32>> = &stripe_health;

fn main() {
    let builder = ductape::Runtime::builder();
    let shared: Arc<Arc<str>> = Arc::new(Arc::from("shared"));
    let builder = builder.bind(ALIAS, Client(7)).bind(&checks::shared, shared).bind(&boxed, (1, 2));
    assert!(builder.bind(&borrowed, Client(Vec::new())).build().is_ok());
}
