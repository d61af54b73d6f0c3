#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    let key = 7;
    #[primary("stripe")]
    { Ok(key) };
    #[fallback("paypal")]
    { Ok(2) };
}

fn main() {}
