#![deny(warnings)]
#![allow(dead_code)]

use std::error::Error as StdError;
use std::fmt::{Debug, Display, Error};

use ductape::{Outcome, Verdict, action, fallback, quota};

fn verdict<E: StdError>(_: &E) -> Verdict {
    Verdict::Retry
}

#[fallback(classify(verdict::<Error>))]
async fn pay<T: Into<u64> + Copy, const N: u64>(amount: T, label: impl Display) -> ductape::Result<u64, Error> {
    let text = label.to_string();
    #[primary("stripe", when(amount.into() > N))]
    { Ok(amount.into() + N) }
    #[fallback("paypal")]
    { if text.is_empty() { Ok(0) } else { Err(Error) } }
}

#[quota]
async fn any<T, E>(value: impl Fn() -> Result<T, E>) -> ductape::Result<Outcome<T>, E>
where
    E: Debug,
{
    #[provider("one", weight = 50)]
    { value() }
    #[provider("other", weight = 50)]
    { value() }
}

#[action(classify(verdict))]
async fn one<'a, E, T>(value: &'a dyn Fn() -> Result<T, E>) -> ductape::Result<T, E>
where
    E: StdError + 'static,
    T: 'a,
{
    value()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(pay::<_, 1>(2_u32, "a").await.unwrap_or(0), 3);
    assert_eq!(pay::<_, 2>(3_u8, "b").await.unwrap_or(0), 5);
    assert_eq!(any(|| Ok::<_, Error>(7)).await.map_or(0, Outcome::into_inner), 7);
    assert_eq!(one(&|| Ok::<_, Error>(8)).await.unwrap_or(0), 8);
}
