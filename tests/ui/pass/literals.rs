#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::{fallback, quota};

#[fallback(tag = r"a.b_c-1", name = "Zahlung \u{20ac}", description = "\"quoted\" {braces} \\ \n", deadline = "0.5h")]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary(r#"stripe"#, retries = 1_000, timeout = "1.5s", backoff(base = "500us", factor = 1.5, max = "0.25m", jitter = "none"))]
    { Ok(1) }
    #[fallback("0", retries = 2u32, backoff(base = "1ms", factor = 2), cost = 3, timeout = "0.000001s")]
    { Ok(2) }
    #[fallback("v1.paypal-eu_2", retries = 0x10, backoff(max = "24h", jitter = "equal"), cost = 2.9e-2)]
    { Ok(3) }
}

#[quota(total = 1, pick = "random", all_unhealthy = "fail")]
async fn send() -> ductape::Result<u32, Error> {
    #[provider("twilio", weight = 1)]
    { Ok(1) }
    #[provider("nexmo", weight = 0)]
    { Ok(2) }
}

#[quota(total = 64_000, pick = "smooth", all_unhealthy = "try", failover = true)]
async fn send_many() -> ductape::Result<u32, Error> {
    #[provider("twilio", weight = 64_000)]
    { Ok(1) }
}

fn main() {}
