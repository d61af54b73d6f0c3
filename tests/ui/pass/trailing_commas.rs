#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::{Verdict, fallback, healthcheck, quota};

fn verdict(_: &Error) -> Verdict {
    Verdict::Retry
}

#[healthcheck(interval = "30s",)]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

#[fallback(retries = 2, backoff(base = "1s",), at_most_once, classify(verdict),)]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", healthcheck(stripe_health),)]
    { Ok(1) }
    #[reconcile(after = "1s",)]
    { Ok(None) }
    #[fallback("paypal",)]
    { Ok(2) }
    #[degrade(timeout = "1s",)]
    { Ok(0) }
}

#[quota()]
async fn send() -> ductape::Result<u32, Error> {
    #[provider("twilio", weight = 100,)]
    { Ok(1) }
    #[fallback("log",)]
    { Ok(2) }
    #[degrade()]
    { Ok(0) }
}

fn main() {}
