#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::{Outcome, Verdict, action, fallback, quota};

#[derive(Debug)]
enum Mine {
    Plan,
    Before,
}

impl<E> From<ductape::Error<E>> for Mine {
    fn from(_: ductape::Error<E>) -> Self {
        Self::Plan
    }
}

fn verdict(_: &Error) -> Verdict {
    Verdict::Failover
}

#[fallback(error(Error), classify(verdict))]
async fn pay(amount: u32) -> Result<u32, Mine> {
    if amount == 0 {
        return Err(Mine::Before);
    }
    #[primary("stripe")]
    { Err(Error) }
    #[fallback("paypal", when(amount > 1))]
    { Ok(amount) }
}

#[quota(error(std::fmt::Error))]
async fn send() -> Result<Outcome<u32>, Mine> {
    #[provider("twilio", weight = 100)]
    { Ok(1) }
}

#[action(error(Box<dyn std::error::Error + Send + Sync>))]
async fn charge() -> anyhow::Result<u32> {
    Ok("7".parse()?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert!(matches!(pay(0).await, Err(Mine::Before)));
    assert!(matches!(pay(1).await, Err(Mine::Plan)));
    assert!(matches!(pay(2).await, Ok(2)));
    assert!(send().await.is_ok_and(|sent| sent.provider == "twilio"));
    assert!(charge().await.is_ok_and(|charged| charged == 7));
}
