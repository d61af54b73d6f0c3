use std::fmt::Error;

use ductape::{Verdict, action};

fn verdict(_: &Error) -> Verdict {
    Verdict::Ambiguous
}

#[action(at_most_once, classify(verdict))]
async fn charge() -> ductape::Result<u32, Error> {
    return Ok(1);
    #[reconcile]
    { Ok(None) }
    #[reconcile]
    { Ok(None) }
}

fn main() {}
