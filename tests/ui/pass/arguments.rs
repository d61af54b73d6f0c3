#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::{action, fallback};

struct Charge {
    cents: u32,
    label: String,
}

#[fallback]
async fn pay(
    Charge { mut cents, label }: Charge,
    (low, [_, high]): (u32, [u32; 2]),
    _: &str,
    check: impl Fn(u32) -> bool,
    by: &dyn for<'a> Fn(&'a str) -> &'a str,
    #[allow(unused_variables)] ignored: u32,
) -> ductape::Result<usize, Error> {
    cents += low;
    #[primary("stripe", when(check(cents)))]
    { Ok(by(&label).len() + cents as usize) }
    #[fallback("paypal")]
    { Ok(high as usize) }
}

#[action]
async fn charge(mut cents: u32, mut labels: Vec<String>) -> ductape::Result<u32, Error> {
    cents += 1;
    labels.clear();
    Ok(cents)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let charge_of = Charge { cents: 1, label: "four".to_owned() };
    assert_eq!(pay(charge_of, (1, [2, 3]), "", |cents| cents == 2, &|text| text, 0).await.unwrap_or(0), 6);
    assert_eq!(charge(1, vec![]).await.unwrap_or(0), 2);
}
