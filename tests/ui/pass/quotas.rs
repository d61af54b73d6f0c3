#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::{Outcome, Verdict, quota};

fn verdict(_: &Error) -> Verdict {
    Verdict::Ambiguous
}

#[quota(total = 10, failover = false, at_most_once, classify(verdict), deadline = "2m")]
async fn send() -> ductape::Result<Outcome<u32>, Error> {
    let key = 7;
    #[provider("twilio", weight = 7)]
    { Ok(key) }
    #[reconcile]
    { Ok(None) }
    #[provider("nexmo", weight = 3)]
    { Ok(key) }
    #[reconcile]
    { Ok(Some(1)) }
    #[provider("drained", weight = 0)]
    { Ok(0) }
    #[fallback("log")]
    { Ok(2) }
    #[reconcile]
    { Ok(None) }
    #[fallback("file")]
    { Ok(3) }
    #[degrade]
    { Ok(4) }
}

#[quota]
async fn one() -> ductape::Result<u32, Error> {
    #[provider("only", weight = 100)]
    { Ok(1) }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert!(send().await.is_ok_and(|sent| *sent == 7));
    assert!(one().await.is_ok());
}
