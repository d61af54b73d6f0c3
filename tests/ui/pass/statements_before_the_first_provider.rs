#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay(mut amount: u32, log: &mut Vec<u32>) -> ductape::Result<u32, Error> {
    use std::cmp::max;
    const LEAST: u32 = 10;
    fn double(of: u32) -> u32 {
        of * 2
    }
    struct Fee(u32);

    if amount == 0 {
        return Ok(0);
    }
    amount = max(amount, LEAST);
    {
        log.push(amount);
    }
    for fee in [1, 2] {
        amount += fee;
    }
    let Some(Fee(fee)) = Some(Fee(double(amount))) else { return Ok(1) };
    let add = |more| fee + more;
    tokio::task::yield_now().await;
    match log.len() { 0 => {} _ => log.push(fee) }
    ;
    #[allow(unused_variables)]
    let unused = 7;
    #[primary("stripe")]
    { Ok(add(1)) }
    #[fallback("paypal")]
    { Ok(add(2)) }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut log = Vec::new();
    assert_eq!(pay(0, &mut log).await.unwrap_or(9), 0);
    assert_eq!(pay(1, &mut log).await.unwrap_or(9), 27);
    assert_eq!(log, [10, 26]);
}
