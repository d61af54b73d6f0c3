#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::{action, fallback, quota};

#[fallback(deadline = "60s", retry_budget = "12.50%", breaker, bulkhead = 1_000_000, rate_limit = "4294967295/s")]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe", retries = 1, breaker(failures = 1))]
    { Ok(1) }
    #[fallback("paypal", breaker(shadow), bulkhead(wait = "1us", max = 0x10), rate_limit(shadow, rate = "1/h",))]
    { Ok(2) }
    #[fallback("adyen", breaker(slow_call = "1us"), bulkhead = 1u32, rate_limit(rate = "600/m", burst = 1, wait = "1s"))]
    { Ok(3) }
}

#[quota]
async fn send() -> ductape::Result<u32, Error> {
    #[provider(
        "twilio",
        weight = 100,
        breaker(failure_rate = "0.01%", window = "24h", min_calls = 1, slow_call = "2s", cooldown = "1us", probes = 3,),
    )]
    { Ok(1) }
    #[fallback("post", breaker(cooldown = "5m", probes = 1_000_000, failures = 1_000_000), bulkhead(max = 10, shadow))]
    { Ok(2) }
}

#[action(breaker(failure_rate = r"100%"), bulkhead = 10, rate_limit = "1/s", retry_budget = "100%")]
async fn refund() -> ductape::Result<u32, Error> {
    Ok(1)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(pay().await.unwrap_or(0), 1);
    assert_eq!(send().await.unwrap_or(0), 1);
    assert_eq!(refund().await.unwrap_or(0), 1);
}
