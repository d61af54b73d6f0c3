#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::{Outcome, Verdict, action};

fn verdict(_: &Error) -> Verdict {
    Verdict::Ambiguous
}

#[action(app = "stripe", retries = 2, backoff(base = "1ms"), timeout = "1s", deadline = "20s", at_most_once, classify(verdict))]
async fn charge(amount: u32) -> ductape::Result<Outcome<u32>, Error> {
    let key = amount + 1;
    if key == 1 {
        return Err(Error);
    }
    return Ok(key);
    #[reconcile(after = "1ms")]
    { Ok(Some(7)) }
    #[degrade(timeout = "1s")]
    { Ok(0) }
}

#[action]
async fn only_a_block() -> ductape::Result<u32, Error> {
    { Ok(1) }
}

#[action]
async fn ends_in_return() -> ductape::Result<u32, Error> {
    return Ok(1);
    #[degrade]
    { Ok(0) }
}

#[action]
async fn ends_in_if(large: bool) -> ductape::Result<u32, Error> {
    if large { Ok(1) } else { Err(Error) }
    #[degrade]
    { Ok(0) }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert!(charge(1).await.is_ok_and(|done| done.provider == "stripe" && *done == 2));
    assert!(charge(0).await.is_ok_and(|done| *done == 7));
    assert!(only_a_block().await.is_ok() && ends_in_return().await.is_ok());
    assert_eq!(ends_in_if(false).await.unwrap_or(9), 0);
}
