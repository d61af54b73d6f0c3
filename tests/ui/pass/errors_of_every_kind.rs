#![deny(warnings)]
#![allow(dead_code)]

use std::convert::Infallible;
use std::error::Error as StdError;

use ductape::{Outcome, Verdict, action, fallback, quota};

/// Neither shown nor debugged.
struct Opaque;

#[fallback]
async fn opaque() -> ductape::Result<u32, Opaque> {
    #[primary("one")]
    { Err(Opaque) }
    #[fallback("two")]
    { Ok(2) }
}

#[quota]
async fn text() -> ductape::Result<(), String> {
    #[provider("one", weight = 100)]
    { Err("no".to_owned()) }
}

#[action]
async fn boxed() -> ductape::Result<u32, Box<dyn StdError + Send + Sync>> {
    Ok("7".parse()?)
}

#[action(classify(|error| if error.is::<std::fmt::Error>() { Verdict::Abort } else { Verdict::Retry }))]
async fn any() -> ductape::Result<Outcome<u32>, anyhow::Error> {
    Ok("8".parse()?)
}

#[action]
async fn infallible() -> ductape::Result<u32, Infallible> {
    Ok(9)
}

#[action]
async fn unit() -> ductape::Result<(), ()> {
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn StdError + Send + Sync>> {
    assert_eq!(opaque().await.unwrap_or(0), 2);
    assert!(text().await.is_err());
    assert_eq!(boxed().await? + any().await?.into_inner() + infallible().await?, 24);
    assert!(unit().await.is_ok());
    Ok(())
}
