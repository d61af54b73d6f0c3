#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;
use std::num::ParseIntError;

use ductape::{Outcome, action, fallback};

#[derive(Debug)]
enum PayError {
    Format,
    Number,
}

impl From<Error> for PayError {
    fn from(_: Error) -> Self {
        Self::Format
    }
}

impl From<ParseIntError> for PayError {
    fn from(_: ParseIntError) -> Self {
        Self::Number
    }
}

async fn format(text: &str) -> Result<&str, Error> {
    if text.is_empty() { Err(Error) } else { Ok(text) }
}

#[fallback]
async fn pay(text: &str) -> ductape::Result<Outcome<u32>, PayError> {
    let tries = match text.strip_prefix("0") {
        Some(_) => Err(PayError::Number)?,
        None => text,
    };
    #[primary("stripe")]
    { Ok(format(tries).await?.parse::<u32>()?) }
    #[fallback("paypal")]
    {
        let inner = async { format(text).await?; Ok::<_, PayError>(1) }.await?;
        let closure = || -> Result<u32, PayError> { Ok("2".parse()?) };
        Ok(inner + closure()?)
    }
}

#[action]
async fn charge(text: &str) -> ductape::Result<u32, PayError> {
    if text.len() > 9 {
        return Err(PayError::Number);
    }
    let text = format(text).await?;
    Ok(text.parse()?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert!(matches!(pay("12").await, Ok(outcome) if *outcome == 12 && outcome.provider == "stripe"));
    assert!(matches!(pay("x").await, Ok(outcome) if *outcome == 3 && outcome.provider == "paypal"));
    assert!(matches!(pay("0").await, Err(error) if error.kind() == ductape::ErrorKind::Aborted));
    assert_eq!(charge("7").await.unwrap_or(0), 7);
}
