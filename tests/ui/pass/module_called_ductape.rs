#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

mod ductape {
    pub struct Runtime;
}

#[::ductape::fallback]
async fn pay() -> ::ductape::Result<u32, Error> {
    let _ = ductape::Runtime;
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

#[::ductape::healthcheck(interval = "30s")]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

fn main() {}
