#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;
use std::time::Duration;

use ductape::{Verdict, action, fallback, healthcheck, quota};

const RETRIES: u32 = 2;
const TIMEOUT: Duration = Duration::from_secs(2);
const fn half(of: Duration) -> Duration {
    of.checked_div(2).expect("two is not zero")
}

mod shares {
    pub const TWILIO: u32 = 70;
    pub const ALL: u32 = TWILIO + 30;
    pub const SMOOTHLY: bool = false;
}

struct Limits;

impl Limits {
    const AFTER: Duration = Duration::from_millis(1);
}

fn verdict(_: &Error) -> Verdict {
    Verdict::Retry
}

#[healthcheck(interval(TIMEOUT), timeout(half(TIMEOUT)), retries(RETRIES), fall(1 + 1), rise(RETRIES))]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

#[fallback(deadline(Duration::from_secs(60)), timeout(TIMEOUT), retries(RETRIES + 1), at_most_once, classify(verdict))]
async fn pay() -> ductape::Result<u32, Error> {
    const HERE: u32 = 1;
    #[primary("stripe", retries(HERE), backoff(base(half(TIMEOUT)), factor(1.5 + 0.5), max(TIMEOUT)), cost(0.1 * 2.0))]
    { Ok(1) }
    #[reconcile(after(Limits::AFTER))]
    { Ok(None) }
    #[fallback("paypal", retries(if RETRIES > 1 { 1 } else { 0 }), timeout(Duration::MAX.saturating_sub(Duration::MAX).saturating_add(TIMEOUT)))]
    { Ok(2) }
    #[degrade(timeout(TIMEOUT))]
    { Ok(0) }
}

#[quota(total(shares::ALL), failover(shares::SMOOTHLY))]
async fn send() -> ductape::Result<u32, Error> {
    #[provider("twilio", weight(shares::TWILIO))]
    { Ok(1) }
    #[provider("nexmo", weight = 30)]
    { Ok(2) }
}

#[action(timeout(TIMEOUT), deadline(TIMEOUT))]
async fn generic<T>(_: &T) -> ductape::Result<u32, Error> {
    Ok(1)
}

fn main() {}
