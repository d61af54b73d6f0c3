#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;
use std::time::Duration;

use ductape::{Breaker, Dependency, Percent, Rate, RateLimit, action, fallback};

mod limits {
    pub const MOST: u32 = 10;
    pub const SHARE: ductape::Percent = ductape::Percent::of(20);
}

const HALF: Percent = Percent::of(50);
const RATE: Rate = Rate::per_minute(600);
const WAIT: Duration = Duration::from_millis(50);

static STRIPE: Dependency = Dependency::new("stripe")
    .bulkhead(5)
    .rate_limit(RateLimit::new(Rate::per_second(100)).wait(Duration::from_secs(1)))
    .breaker(Breaker::new().failures(3));

#[fallback(deadline = "30s", retry_budget(limits::SHARE), dependency(STRIPE))]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", breaker(failure_rate(HALF), window(WAIT.saturating_mul(20)), min_calls(limits::MOST), probes(limits::MOST - 9)))]
    { Ok(1) }
    #[fallback("paypal", bulkhead(max(limits::MOST), wait(WAIT)), rate_limit(rate(RATE), burst(limits::MOST), wait(WAIT)))]
    { Ok(2) }
}

/// What the dependency has wins over what stands here.
#[action(deadline(Duration::from_secs("eleven seconds".len() as u64)), dependency(self::STRIPE), breaker, bulkhead = 1, rate_limit(rate(Rate::per_hour(1))))]
async fn refund() -> ductape::Result<u32, Error> {
    Ok(1)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(pay().await.unwrap_or(0), 1);
    assert_eq!(refund().await.unwrap_or(0), 1);
}
