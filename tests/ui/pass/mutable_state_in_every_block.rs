#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::{Verdict, fallback};

fn verdict(_: &Error) -> Verdict {
    Verdict::Ambiguous
}

#[fallback(at_most_once, classify(verdict))]
async fn pay(log: &mut Vec<&'static str>, mut count: u32) -> ductape::Result<u32, Error> {
    let mut tries = String::new();
    #[primary("stripe", retries = 2)]
    {
        log.push("stripe");
        tries.push('s');
        count += 1;
        Err(Error)
    }
    #[reconcile]
    {
        log.push("asked");
        tries.push('?');
        Ok(None)
    }
    #[fallback("paypal")]
    {
        log.push("paypal");
        tries.push('p');
        Ok(count + 1)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut log = Vec::new();
    assert!(pay(&mut log, 0).await.is_ok());
    assert_eq!(log.last(), Some(&"paypal"));
}
