#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::{action, fallback};

#[fallback]
async fn pay(amount: u32) -> ductape::Result<u32, Error> {
    #[primary("panics", when(amount > 100))]
    { panic!("never asked") }
    #[fallback("loops", when(amount > 100))]
    { loop { tokio::task::yield_now().await } }
    #[fallback("returns")]
    {
        if amount == 0 {
            return Err(Error);
        }
        return Ok(amount);
    }
    #[fallback("todo", when(amount > 100))]
    { todo!() }
    #[fallback("matches")]
    {
        match amount {
            0 => Ok(7),
            _ => return Err(Error),
        }
    }
    #[degrade]
    { unreachable!() }
}

#[action]
async fn charge() -> ductape::Result<u32, Error> {
    unimplemented!()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(pay(3).await.unwrap_or(0), 3);
    assert_eq!(pay(0).await.unwrap_or(0), 7);
}
