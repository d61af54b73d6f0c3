#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::{action, fallback, healthcheck};

#[allow(unused_variables)]
#[ductape::fallback]
#[must_use]
async fn pay(amount: u32) -> ductape::Result<u32, Error> {
    let unused = 7;
    #[primary("stripe")]
    { let unused = 7; Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

#[cfg(not(any()))]
#[fallback]
#[doc(hidden)]
#[inline]
async fn hidden() -> ductape::Result<u32, Error> {
    #![allow(unused_variables)]
    let unused = 7;
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

#[action]
#[cfg(any())]
async fn absent() -> Nothing {}

#[deprecated]
#[action]
#[expect(unused_variables)]
async fn old() -> ductape::Result<u32, Error> {
    let unused = 7;
    Ok(1)
}

#[healthcheck(interval = "30s")]
#[allow(unused_variables)]
#[doc(hidden)]
async fn stripe_health(amount: &u32) -> Result<(), Error> {
    let unused = 7;
    Ok(())
}

fn main() {}
