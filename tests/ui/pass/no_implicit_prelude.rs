#![deny(warnings)]
#![allow(dead_code)]

#![no_implicit_prelude]

use ::ductape::{Verdict, action, fallback, healthcheck, quota};
use ::std::fmt::Error;
use ::std::result::Result;

fn verdict(_: &Error) -> Verdict {
    Verdict::Retry
}

#[healthcheck(interval = "30s", timeout = "1s", retries = 1, fall = 2, rise = 2, env = "prd")]
async fn stripe_health() -> Result<(), Error> {
    Result::Ok(())
}

#[healthcheck(interval = "30s")]
async fn paypal_health(_: &u32) -> Result<(), Error> {
    Result::Ok(())
}

/// Charges.
#[fallback(deadline = "2m", at_most_once, classify(verdict), all_unhealthy = "fail")]
async fn pay(amount: u32) -> ::ductape::Result<u32, Error> {
    let key = amount;
    #[primary("stripe", retries = 1, backoff(base = "1s"), timeout = "1s", healthcheck(stripe_health), when(key == 1), cost = 2)]
    { Result::Ok(key) }
    #[reconcile(after = "1s")]
    { Result::Ok(::std::option::Option::None) }
    #[fallback("paypal", healthcheck(paypal_health))]
    { Result::Err(Error) }
    #[degrade(timeout = "1s")]
    { Result::Ok(0) }
}

#[quota(sticky(user))]
async fn send(user: u32) -> ::ductape::Result<::ductape::Outcome<u32>, Error> {
    #[provider("twilio", weight = 100)]
    { Result::Ok(user) }
}

#[action(error(Error))]
async fn charge() -> Result<u32, ::ductape::Error<Error>> {
    Result::Ok(1)
}

fn main() {}
