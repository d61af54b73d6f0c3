#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::{action, fallback, healthcheck, quota};

macro_rules! with_a_block {
    ($plan:ident, $first:block, $second:block) => {
        #[fallback]
        async fn $plan() -> ductape::Result<u32, Error> {
            #[primary("stripe")]
            $first
            #[fallback("paypal")]
            $second
        }
    };
}

macro_rules! with_everything {
    ($(#[$meta:meta])* $vis:vis $plan:ident($argument:ident: $type:ty) -> $return:ty, $tag:literal, $fee:expr, $retries:literal, $check:path, $when:expr) => {
        $(#[$meta])*
        #[fallback(tag = $tag, retries = $retries)]
        $vis async fn $plan($argument: $type) -> $return {
            #[primary($tag, retries = $retries, healthcheck($check), when($when))]
            { Ok($fee + $argument) }
            #[fallback("paypal")]
            { Ok($argument) }
        }
    };
}

macro_rules! quota_of {
    ($plan:ident: $($provider:literal = $weight:literal),+) => {
        #[quota]
        async fn $plan() -> ductape::Result<&'static str, Error> {
            $(#[provider($provider, weight = $weight)] { Ok($provider) })+
        }
    };
}

macro_rules! actions {
    ($($plan:ident)+) => {
        $(#[action] async fn $plan() -> ductape::Result<u32, Error> { Ok(1) })+
    };
}

#[healthcheck(interval = "30s")]
async fn stripe_health() -> Result<(), Error> {
    Ok(())
}

with_a_block!(pay, { Ok(1) }, { Ok(2) });
with_everything! {
    /// Refunds.
    pub(crate) refund(amount: u32) -> ductape::Result<u32, Error>, "stripe", 1, 2, stripe_health, true
}
quota_of!(send: "twilio" = 70, "nexmo" = 30);
actions!(charge hold);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(pay().await.unwrap_or(0), 1);
    assert_eq!(refund(1).await.unwrap_or(0), 2);
    assert!(matches!(send().await, Ok("twilio" | "nexmo")));
    assert_eq!(charge().await.unwrap_or(0) + hold().await.unwrap_or(0), 2);
}
