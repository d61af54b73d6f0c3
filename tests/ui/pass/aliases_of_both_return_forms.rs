#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::{Outcome, action, fallback, quota};

type Answer<T> = ductape::Result<T, Error>;
type Told<T> = ductape::Result<Outcome<T>, Error>;
type Whole = Result<Outcome<u32>, ductape::Error<Error>>;

trait Kind {
    type Return;
}

struct Payment;

impl Kind for Payment {
    type Return = Told<u32>;
}

#[fallback]
async fn by_alias() -> Answer<u32> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

#[quota]
async fn by_alias_with_outcome() -> Told<u32> {
    #[provider("twilio", weight = 100)]
    { Ok(1) }
}

#[action]
async fn by_projection() -> <Payment as Kind>::Return {
    Ok(1)
}

#[action]
async fn written_out() -> Result<u32, ductape::Error<Error>> {
    Ok(1)
}

#[action]
async fn by_whole_alias() -> Whole {
    Ok(1)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), ductape::Error<Error>> {
    assert_eq!(by_alias().await? + written_out().await?, 2);
    assert_eq!(by_alias_with_outcome().await?.provider, "twilio");
    assert_eq!(by_projection().await?.provider, "by-projection");
    assert_eq!(by_whole_alias().await?.attempts, 1);
    Ok(())
}
