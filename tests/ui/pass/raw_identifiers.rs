#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::{action, fallback, healthcheck};

#[healthcheck(interval = "30s")]
async fn r#match() -> Result<(), Error> {
    Ok(())
}

#[fallback(healthcheck(r#match))]
async fn r#try(r#type: u32) -> ductape::Result<u32, Error> {
    let r#loop = r#type;
    #[primary("stripe", when(r#type > 1))]
    { Ok(r#loop) }
    #[fallback("paypal")]
    { Ok(r#type) }
}

#[action]
async fn r#async(r#await: u32) -> ductape::Result<u32, Error> {
    Ok(r#await)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(r#try(2).await.unwrap_or(0), 2);
    assert_eq!(r#async(3).await.unwrap_or(0), 3);
    assert!(ductape::plan("try").is_ok() && ductape::plan("async").is_ok());
}
