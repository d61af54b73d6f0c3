#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::{fallback as failover, quota as spread};

mod p {}

#[failover]
async fn pay(__run: u32, __plan: u32, __form: u32, run: u32, never: u32) -> ductape::Result<u32, Error> {
    let __view = __run + __plan;
    let __result = __form + run;
    let __answer = 1;
    let __done = 2;
    let site = never;
    #[primary("stripe", when(__run + __view > 0))]
    { Ok(__view + __result + __answer + __done + site) }
    #[fallback("paypal")]
    { Ok(__run) }
}

#[spread(sticky(form))]
async fn send(form: &str) -> ductape::Result<usize, Error> {
    static __PLAN: &str = "mine";
    static __PROVIDERS: &str = "mine as well";
    #[provider("twilio", weight = 100)]
    { Ok(form.len() + __PLAN.len() + __PROVIDERS.len()) }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(pay(1, 2, 3, 4, 5).await.unwrap_or(0), 18);
    assert_eq!(send("a").await.unwrap_or(0), 17);
}
